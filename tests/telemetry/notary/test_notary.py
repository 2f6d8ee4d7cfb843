"""A notary over a real outbox: what it signs, when, and what survives."""

import itertools
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from tallypost.board.base import UNSYNCED
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.dating import Dating, Stamp
from tallypost.domain.records import Dated, Interval, Provenance
from tallypost.errors import SigningError
from tallypost.telemetry.codec.batch import RECORDS_MAX, Batch, digest, read_line
from tallypost.telemetry.notary.book import FILE_BYTES, UNNOTED_MAX, Book, lines_in
from tallypost.telemetry.notary.key import KEY_FILE, PUBLIC_FILE, own_key
from tallypost.telemetry.notary.notary import EVERY_S, SOON_S, Notary
from tallypost.telemetry.outbox.numbers import Numbers
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.outbox.signable import Signable, signable

MADE_WITH = Provenance(model="sha256:" + "0" * 64, site="sha256:1", firmware="1.0")


@dataclass
class Place:
    """A device that counts, and signs what it has counted."""

    folder: Path
    interval: Callable[..., Interval]
    board: SimulatedBoard = field(default_factory=SimulatedBoard)
    minutes: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.outbox = Outbox(self.folder / "outbox.db", board=self.board)
        self.notary = self.begun()

    def begun(self, device: str = "tp-1") -> Notary:
        def find(until: int, undated: Numbers, limit: int) -> Signable:
            work = partial(signable, until=until, undated=undated, limit=limit)
            return self.outbox.look(work)

        self.notary = Notary(
            find,
            self.folder / "signing",
            device=device,
            provenance=MADE_WITH,
            board=self.board,
        )
        return self.notary

    def count(self, records: int, undated: Stamp | None = None) -> None:
        for minute in itertools.islice(self.minutes, records):
            self.outbox.put(self.interval(minute), "tp-1", undated)
        self.outbox.flush()

    def hour(self) -> None:
        self.board.advance(EVERY_S)
        self.notary.tick()

    @property
    def batches(self) -> list[Batch]:
        lines = lines_in(self.folder / "signing")
        return [read_line(line).batch for _, line in lines]


@pytest.fixture
def place(tmp_path: Path, interval: Callable[..., Interval]) -> Iterator[Place]:
    made = Place(tmp_path, interval)
    yield made
    made.outbox.close()


def seqs(batch: Batch) -> list[int]:
    return [seq for seq, _ in batch.records]


def test_every_hour_what_is_new_is_signed_exactly_as_it_left(place: Place) -> None:
    place.count(3)
    place.board.advance(SOON_S)
    place.notary.tick()
    place.count(2)
    place.notary.tick()
    place.hour()
    place.hour()  # nothing is new

    first, second = place.batches
    assert (seqs(first), seqs(second)) == ([1, 2, 3], [4, 5])
    left = {each.seq: digest(each.payload) for each in place.outbox.head(9)}
    assert dict(first.records + second.records) == left
    assert first.provenance == MADE_WITH
    assert first.signed_utc_s == int(place.board.utc_s() - 2 * EVERY_S)


def test_a_chain_goes_on_after_a_start(place: Place) -> None:
    place.count(1)
    place.hour()
    place.begun()
    place.count(1)
    place.hour()

    first, second = place.batches
    [line, _] = [line for _, line in lines_in(place.folder / "signing")]
    assert (first.number, first.before) == (1, None)
    assert (second.number, second.before) == (2, read_line(line).digest)
    assert first.chain == second.chain


def test_what_has_no_date_is_signed_once_it_has(place: Place) -> None:
    place.count(1)
    place.count(2, Stamp("boot-a", 1.0))
    place.count(1)
    place.hour()
    dating = Dating(1_795_400_000.0, 0.5, Dated.LATER)
    place.outbox.date({2: dating})
    place.hour()
    place.outbox.date({3: dating})
    place.hour()

    assert [seqs(batch) for batch in place.batches] == [[1, 4], [2], [3]]
    assert [batch.undated for batch in place.batches] == [((2, 3),), ((3, 3),), ()]


def test_many_records_are_signed_in_batches_that_a_broker_takes(place: Place) -> None:
    place.count(RECORDS_MAX + 1)
    place.hour()
    assert len(place.batches) == 1
    place.board.advance(1.0)
    place.notary.tick()

    assert list(map(len, map(seqs, place.batches))) == [RECORDS_MAX, 1]


def test_more_that_got_their_date_than_a_batch_holds_are_all_signed(
    place: Place,
) -> None:
    place.count(1)
    place.count(RECORDS_MAX + 5, Stamp("boot-a", 1.0))
    place.count(1)
    place.hour()
    dating = Dating(1_795_400_000.0, 0.5, Dated.LATER)
    place.outbox.date(dict.fromkeys(range(2, RECORDS_MAX + 7), dating))
    place.hour()
    place.hour()

    last = RECORDS_MAX + 6
    assert [seqs(batch) for batch in place.batches] == [
        [1, last + 1],
        list(range(2, RECORDS_MAX + 2)),
        list(range(RECORDS_MAX + 2, last + 1)),
    ]


def test_what_the_card_has_damaged_is_not_signed_and_holds_up_nothing(
    place: Place,
) -> None:
    place.count(3)
    place.outbox.look(
        lambda outbox: outbox.execute("UPDATE record SET checksum = 0 WHERE seq = 2")
    )
    place.hour()

    assert [seqs(batch) for batch in place.batches] == [[1, 3]]


def test_a_device_of_another_name_or_key_begins_a_chain(place: Place) -> None:
    place.count(1)
    place.hour()
    place.begun("tp-2")
    place.hour()
    (place.folder / "signing" / KEY_FILE).unlink()
    place.begun("tp-2")
    place.hour()

    chains = [batch.chain for batch in place.batches]
    assert [batch.number for batch in place.batches] == [1, 1, 1]
    assert len(set(chains)) == 3


def test_without_a_clock_nobody_says_when_it_was_signed(place: Place) -> None:
    place.count(1)
    place.board.reading = UNSYNCED
    place.hour()

    [batch] = place.batches
    assert batch.signed_utc_s is None


def test_a_disk_that_refuses_is_told_once_and_asked_again(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.count(1)
    folder = place.folder / "signing"
    # Root may write anywhere: a folder in the place of the file refuses even it.
    (folder / "batches-00000000.jsonl").mkdir()
    place.hour()
    place.hour()
    assert caplog.text.count("batch not signed") == 1

    (folder / "batches-00000000.jsonl").rmdir()
    place.board.advance(SOON_S)
    place.notary.tick()
    assert [seqs(batch) for batch in place.batches] == [[1]]


def test_what_was_signed_and_perhaps_kept_is_kept_and_not_signed_anew(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.count(1)

    def refuse(_: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr("os.fdatasync", refuse)
        place.hour()
    [told] = place.batches
    place.count(1)
    place.board.advance(SOON_S)
    place.notary.tick()
    place.hour()

    assert place.batches[0] == told
    assert [seqs(batch) for batch in place.batches] == [[1], [2]]


def test_the_key_is_its_owners_alone_and_stays_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "signing"
    key, again = own_key(folder), own_key(folder)

    assert key.private_bytes_raw() == again.private_bytes_raw()
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert b"PRIVATE" not in (folder / PUBLIC_FILE).read_bytes()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda path: path.chmod(0o640), "others on this machine may have read it"),
        (lambda path: path.write_bytes(b"torn"), "no private key of Ed25519"),
        (lambda path: path.write_bytes(b""), "no private key of Ed25519"),
    ],
    ids=["readable", "torn", "empty"],
)
def test_a_key_that_cannot_be_believed_is_never_replaced_in_silence(
    tmp_path: Path, spoil: Callable[[Path], object], told: str
) -> None:
    own_key(tmp_path)
    spoil(tmp_path / KEY_FILE)
    before = (tmp_path / KEY_FILE).read_bytes()

    with pytest.raises(SigningError, match=told):
        own_key(tmp_path)
    assert (tmp_path / KEY_FILE).read_bytes() == before


def lines(place: Place, count: int) -> list[bytes]:
    for _ in range(count):
        place.count(1)
        place.hour()
    return [line for _, line in lines_in(place.folder / "signing")]


def test_half_a_line_that_a_power_cut_left_is_written_over(place: Place) -> None:
    kept = lines(place, 2)
    path = place.folder / "signing" / "batches-00000000.jsonl"
    torn = kept[1][:200] + bytes(len(kept[1]) - 300) + kept[1][-100:]
    for half in (kept[1][:-40], bytes(9) + kept[1][9:] + b"\n", torn + b"\n"):
        path.write_bytes(kept[0] + b"\n" + half + bytes(99))
        assert Book(path.parent).newest == read_line(kept[0])
    place.begun()
    place.hour()

    assert [seqs(batch) for batch in place.batches] == [[1], [2]]
    assert [batch.number for batch in place.batches] == [1, 2]


def test_a_chain_goes_on_from_a_file_that_was_made_and_not_written(
    place: Place,
) -> None:
    [line] = lines(place, 1)
    (place.folder / "signing" / "batches-00000001.jsonl").write_bytes(bytes(FILE_BYTES))
    place.begun()
    place.count(1)
    place.hour()

    assert [batch.number for batch in place.batches] == [1, 2]
    assert place.batches[1].before == read_line(line).digest


def test_a_full_disk_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = Book(tmp_path)
    with monkeypatch.context() as full:
        full.setattr("os.pwrite", lambda *_: 17)
        with pytest.raises(SigningError, match="No space left on device"):
            book.append(b"line")
    book.append(b"line")

    assert [line for _, line in lines_in(tmp_path)] == [b"line"]


def test_what_was_delivered_in_any_order_does_not_go_out_again(place: Place) -> None:
    lines(place, 4)
    book = place.notary.book
    assert [each.seq for each in book.head(9)] == [0, 1, 2, 3]

    book.delivered([1, 3])
    assert [each.seq for each in book.head(9)] == [0, 2]
    assert book.pending == 2
    book.rejected(0, "too large")
    assert [each.seq for each in book.head(9)] == [2]


def test_after_a_start_no_more_than_a_day_of_them_goes_out_again(
    tmp_path: Path,
) -> None:
    book = Book(tmp_path)
    for _ in range(2 * UNNOTED_MAX - 1):
        book.append(b"line")
        book.delivered([each.seq for each in book.head(9)])
    assert book.pending == 0

    assert Book(tmp_path).pending == UNNOTED_MAX - 1


def test_a_damaged_line_holds_up_no_other(place: Place) -> None:
    kept = lines(place, 3)
    path = place.folder / "signing" / "batches-00000000.jsonl"
    path.write_bytes(b"\n".join([kept[0], b"\xff", kept[2], b""]))
    book = Book(place.folder / "signing")
    book.delivered([each.seq for each in book.head(9)])

    assert book.pending == 0


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path) -> None:
    book = Book(tmp_path, bytes_max=2 * FILE_BYTES)
    for number in range(100):
        book.append(b"%d" % number * 2000)

    kept = list(lines_in(tmp_path))
    assert len(list(tmp_path.iterdir())) == 2
    assert [line for _, line in kept][-1] == b"99" * 2000
    assert [line for _, line in kept] == [
        b"%d" % number * 2000 for number in range(100 - len(kept), 100)
    ]
    assert book.head(1)[0].seq == kept[0][0]
    book.delivered([place for place, _ in kept])
    assert book.pending == 0
