"""The certificate in English."""

from tallypost.acceptance.sentences import ENGLISH as SENTENCES
from tallypost.documents.acceptance.words.wording import Wording

ENGLISH = Wording(
    title="Acceptance certificate",
    passed="ACCEPTED",
    not_passed="NOT ACCEPTED",
    device="Device",
    signed="Signed",
    undated="the device did not know the date",
    technician="Technician",
    remarks="Remarks",
    attached="… (in full in the attached file)",
    checks="What was checked",
    names={
        "link": "Link",
        "clock": "Clock",
        "sharpness": "Sharpness",
        "rate": "Frames a second",
        "accuracy": "Accuracy",
        "privacy": "Privacy test",
        "power": "Power",
        "records": "Records",
    },
    good="good",
    bad="not good",
    unknown="not known",
    accuracy="Accuracy, counted by hand",
    line="{line}, {class_name}: {taps} counted by hand; the device is {error} off "
    "({low} to {high}); {margin} is allowed: {verdict}",
    unbounded="{line}, {class_name}: {taps} counted by hand; the device is {error} "
    "off; {margin} is allowed: {verdict}",
    proven="proven",
    unproven="not proven",
    code="The code holds this certificate, signed by the device (COSE, RFC 9052). The "
    "same is attached to the PDF. Check it with: tallypost verify",
    digest="The code holds the device, its key and the SHA-256 of the signed "
    "certificate, which is attached to the PDF. Check it with: tallypost verify",
    key="Key of the device (Ed25519; compare with its label):",
    counted_with="Counted with:",
    sentences=SENTENCES,
)
