// Decodes what a tallypost says over LoRaWAN, and encodes what it may be told.
// TABLE is generated from the firmware's own; `scripts/documents` made this file.
// Interface: LoRa Alliance TS013-1.0.0, "Payload Codec API". Language: ECMAScript 5.1.

// The `chunk` of a layout frame (hexadecimal, parts joined in the order of `offset`):
// with it, figures are told by their names; without, by their slots' numbers.
// ChirpStack gives it better as the device variable `layout`.
var LAYOUT = "";

var TABLE = {
  "record": {
    "short": [
      {"name": "form", "bits": 2, "choices": ["short", "merged", "full"]},
      {"name": "clock", "bits": 3, "choices": ["synced", "holdover", "unsynced", "dated_later", "dated_reckoned"]},
      {"name": "observed_share_min", "bits": 3, "choices": [0.0, 0.001, 0.25, 0.5, 0.75, 0.9, 0.97, 0.99]},
      {"name": "layout", "bits": 10},
      {"name": "seq_low", "bits": 16},
      {"name": "end_low_min", "bits": 14},
      {"name": "first_slot", "bits": 8}
  ],
    "merged": [
      {"name": "form", "bits": 2, "choices": ["short", "merged", "full"]},
      {"name": "clock", "bits": 3, "choices": ["synced", "holdover", "unsynced", "dated_later", "dated_reckoned"]},
      {"name": "observed_share_min", "bits": 3, "choices": [0.0, 0.001, 0.25, 0.5, 0.75, 0.9, 0.97, 0.99]},
      {"name": "layout", "bits": 10},
      {"name": "seq_low", "bits": 16},
      {"name": "end_low_min", "bits": 14},
      {"name": "earlier", "bits": 0, "high": 65535},
      {"name": "first_slot", "bits": 8}
  ],
    "full": [
      {"name": "form", "bits": 2, "choices": ["short", "merged", "full"]},
      {"name": "clock", "bits": 3, "choices": ["synced", "holdover", "unsynced", "dated_later", "dated_reckoned"]},
      {"name": "layout", "bits": 10},
      {"name": "seq", "bits": 0},
      {"name": "end_s", "bits": 32},
      {"name": "duration_s", "bits": 0},
      {"name": "observed_s", "bits": 0},
      {"name": "earlier", "bits": 0, "high": 65535},
      {"name": "clock_uncertainty_s", "bits": 0},
      {"name": "light", "bits": 2, "choices": ["unknown", "day", "dusk", "night"]},
      {"name": "camera_moved", "bits": 2, "choices": ["unknown", "no", "yes"]},
      {"name": "camera_blinded", "bits": 2, "choices": ["unknown", "no", "yes"]},
      {"name": "camera_covered", "bits": 2, "choices": ["unknown", "no", "yes"]},
      {"name": "camera_dark", "bits": 2, "choices": ["unknown", "no", "yes"]},
      {"name": "camera_defocused", "bits": 2, "choices": ["unknown", "no", "yes"]},
      {"name": "camera_dirty", "bits": 2, "choices": ["unknown", "no", "yes"]},
      {"name": "counted", "bits": 0},
      {"name": "first_slot", "bits": 8}
  ]
  },
  "alert": [
      {"name": "version", "bits": 2, "choices": [null, 1]},
      {"name": "clock", "bits": 2, "choices": ["synced", "holdover", "unsynced"]},
      {"name": "kind", "bits": 4, "choices": ["intrusion", "overcrowding", "wrong_way", "stopped_vehicle", "congestion", "long_queue", "overstay", "camera_moved", "camera_blinded", "camera_covered", "camera_dirty", "camera_defocused", "camera_dark", "tamper"]},
      {"name": "state", "bits": 1, "choices": ["begun", "ended"]},
      {"name": "layout", "bits": 10},
      {"name": "seq_low", "bits": 16},
      {"name": "time_low_s", "bits": 19},
      {"name": "element", "bits": 8},
      {"name": "label", "bits": 4},
      {"name": "earlier", "bits": 0, "high": 65535},
      {"name": "value", "bits": 0}
  ],
  "layout": [
      {"name": "version", "bits": 2, "choices": [null, 1]},
      {"name": "layout", "bits": 10},
      {"name": "offset", "bits": 14},
      {"name": "length", "bits": 14}
  ],
  "health_head": [
      {"name": "version", "bits": 2, "choices": [null, 1]},
      {"name": "clock", "bits": 2, "choices": ["synced", "holdover", "unsynced"]},
      {"name": "supply", "bits": 2, "choices": ["unknown", "never", "since_boot", "now"]},
      {"name": "throttled", "bits": 2, "choices": ["unknown", "never", "since_boot", "now"]}
  ],
  "health": [
      {"name": "records", "bits": 0},
      {"name": "temperature_c", "bits": 0, "lowest": -100},
      {"name": "downlinks_ignored", "bits": 0},
      {"name": "undated", "bits": 0},
      {"name": "uptime_h", "bits": 0},
      {"name": "oldest_h", "bits": 0},
      {"name": "margin_db", "bits": 0},
      {"name": "unanswered", "bits": 0},
      {"name": "airtime_left_s", "bits": 0},
      {"name": "refused", "bits": 0},
      {"name": "alerts", "bits": 0},
      {"name": "failures", "bits": 0},
      {"name": "disk_free_mb", "bits": 0},
      {"name": "memory_free_mb", "bits": 0}
  ],
  "reply": [
      {"name": "version", "bits": 2, "choices": [null, 1]},
      {"name": "outcome", "bits": 3, "choices": ["done", "refused", "failed", "unsupported"]},
      {"name": "command", "bits": 4, "choices": [null, "set_interval", "set_data_rate", "rejoin", "resend", "set", "reboot", "time_is", "ask_layout"]},
      {"name": "counter", "bits": 8},
      {"name": "records", "bits": 0}
  ],
  "command": [
      {"name": "version", "bits": 2, "choices": [null, 1]},
      {"name": "command", "bits": 6, "choices": [null, "set_interval", "set_data_rate", "rejoin", "resend", "set", "reboot", "time_is", "ask_layout"]},
      {"name": "counter", "bits": 8}
  ],
  "arguments": {
    "set_interval": [
      {"name": "interval_min", "bits": 16, "low": 1, "high": 1440}
  ],
    "set_data_rate": [
      {"name": "adr", "bits": 1, "choices": [false, true]},
      {"name": "data_rate", "bits": 0, "low": 0, "high": 15}
  ],
    "rejoin": [],
    "resend": [
      {"name": "first_seq_low", "bits": 16},
      {"name": "last_seq_low", "bits": 16}
  ],
    "set": [
      {"name": "setting", "bits": 8, "choices": [null, "confirm_every", "health_every_h", "record_bytes_max"]},
      {"name": "value", "bits": 16}
  ],
    "reboot": [],
    "time_is": [
      {"name": "utc_s", "bits": 40, "scale": 256}
  ],
    "ask_layout": []
  },
  "figures": {
    "lines": [
      {"path": ["total", "forward"], "by_class": true, "total": true},
      {"path": ["total", "backward"], "by_class": true, "total": true}
  ],
    "zones": [
      {"path": ["occupancy_max"], "by_class": true},
      {"path": ["occupancy_mean"], "by_class": true, "scale": 10},
      {"path": ["entries"], "by_class": true}
  ],
    "car_parks": [
      {"path": ["free"]},
      {"path": ["occupied"]},
      {"path": ["unknown"]},
      {"path": ["arrivals"]},
      {"path": ["departures"]}
  ],
    "queues": [
      {"path": ["length_max"]},
      {"path": ["length_mean"], "scale": 10},
      {"path": ["served"]},
      {"path": ["wait_mean_s"]}
  ],
    "approaches": [
      {"path": ["occupancy"], "scale": 100},
      {"path": ["speed_mean_kmh"]},
      {"path": ["stopped_max"]},
      {"path": ["flow"], "by_class": true}
  ],
    "crowds": [
      {"path": ["persons_max"]},
      {"path": ["persons_mean"], "scale": 10},
      {"path": ["overcrowded_s"]}
  ],
    "intrusions": [
      {"path": ["events"]}
  ],
    "stops": [
      {"path": ["events"]}
  ],
    "wrong_ways": [
      {"path": ["events"]}
  ]
  },
  "collections": ["lines", "zones", "car_parks", "queues", "approaches", "crowds", "intrusions", "stops", "wrong_ways"],
  "classes": ["person", "bicycle", "motorcycle", "car", "van", "bus", "truck", "tram", "train", "other"],
  "spelled": 31,
  "widths": [0, 4, 8, 12, 16, 20, 28],
  "classes_max": 14,
  "elements_max": 254,
  "slots_max": 256,
  "no_class": 15,
  "end_low_bits": 14,
  "time_low_bits": 19,
  "command_port": 10
};

var AHEAD_MS = 3600000;

function fail(message) {
  throw new Error(message);
}

function power(bits) {
  return Math.pow(2, bits);
}

// Reads bits in their order: the highest of a byte first.
function Reader(bytes) {
  this.bytes = bytes;
  this.place = 0;
  this.left = 8 * bytes.length;
}

Reader.prototype.whole = function (bits) {
  var value = 0;
  if (bits > this.left) {
    fail("frame: ends where " + bits + " bits should follow");
  }
  this.left -= bits;
  for (var end = this.place + bits; this.place < end; this.place++) {
    var shift = 7 - (this.place % 8);
    var bit = (this.bytes[Math.floor(this.place / 8)] >> shift) & 1;
    value = value * 2 + bit;
  }
  return value;
};

// A number of as many bits as the first three say; null where they say that none follows.
Reader.prototype.number = function () {
  var width = this.whole(3);
  return width === TABLE.widths.length ? null : this.whole(TABLE.widths[width]);
};

Reader.prototype.run = function () {
  var found = [];
  while (this.left >= 3) {
    found.push(this.number());
  }
  return found;
};

Reader.prototype.text = function () {
  var escaped = "";
  for (var size = this.whole(8); size > 0; size--) {
    escaped += "%" + hex(this.whole(8));
  }
  try {
    return decodeURIComponent(escaped);
  } catch (error) {
    return fail("text: is not UTF-8");
  }
};

Reader.prototype.rest = function () {
  var found = [];
  while (this.left >= 8) {
    found.push(this.whole(8));
  }
  return found;
};

Reader.prototype.ended = function (what) {
  if (this.left > 7) {
    fail(what + ": has " + this.left + " bits behind its end");
  }
};

function Writer() {
  this.bits = [];
}

Writer.prototype.whole = function (value, bits) {
  if (typeof value !== "number" || value % 1 !== 0 || value < 0 || value >= power(bits)) {
    fail(value + " is no whole number of " + bits + " bits");
  }
  for (var place = bits - 1; place >= 0; place--) {
    this.bits.push(Math.floor(value / power(place)) % 2);
  }
};

Writer.prototype.number = function (value) {
  if (value === null) {
    this.whole(TABLE.widths.length, 3);
    return;
  }
  var width = 0;
  while (width < TABLE.widths.length - 1 && value >= power(TABLE.widths[width])) {
    width++;
  }
  this.whole(width, 3);
  this.whole(value, TABLE.widths[width]);
};

Writer.prototype.toBytes = function () {
  var bytes = [];
  while (this.bits.length % 8) {
    this.bits.push(1);
  }
  for (var place = 0; place < this.bits.length; place++) {
    var index = Math.floor(place / 8);
    bytes[index] = ((bytes[index] || 0) << 1) | this.bits[place];
  }
  return bytes;
};

function hex(byte) {
  return (byte < 16 ? "0" : "") + byte.toString(16);
}

function toHex(bytes) {
  var text = "";
  for (var place = 0; place < bytes.length; place++) {
    text += hex(bytes[place]);
  }
  return text;
}

function fromHex(text) {
  var bytes = [];
  if (!/^([0-9a-fA-F]{2})*$/.test(text)) {
    fail("layout: is not written in pairs of hexadecimal digits");
  }
  for (var place = 0; place < text.length; place += 2) {
    bytes.push(parseInt(text.substr(place, 2), 16));
  }
  return bytes;
}

// The low bits of a CRC-32.
function tagOf(bytes) {
  var sum = 0xffffffff;
  for (var place = 0; place < bytes.length; place++) {
    sum ^= bytes[place];
    for (var bit = 0; bit < 8; bit++) {
      sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
    }
  }
  return ((sum ^ 0xffffffff) >>> 0) % 1024;
}

function instant(seconds) {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

function checked(field, value) {
  var low = "low" in field ? field.low : -Infinity;
  var high = "high" in field ? field.high : Infinity;
  if (value < low || value > high) {
    fail(field.name + ": " + value + " is not within " + low + ".." + high);
  }
  return value;
}

function valueOf(field, raw) {
  if (field.choices) {
    var told = raw < field.choices.length ? field.choices[raw] : null;
    if (told === null) {
      fail(field.name + ": " + raw + " is nothing that this decoder knows; take a newer one");
    }
    return told;
  }
  return checked(field, raw + (field.lowest || 0)) / (field.scale || 1);
}

function unpack(reader, fields, found) {
  for (var place = 0; place < fields.length; place++) {
    var field = fields[place];
    var raw = field.bits ? reader.whole(field.bits) : reader.number();
    if (raw !== null) {
      found[field.name] = valueOf(field, raw);
    }
  }
  return found;
}

function pack(writer, fields, values) {
  for (var place = 0; place < fields.length; place++) {
    var field = fields[place];
    var value = values[field.name];
    if (field.choices) {
      var index = field.choices.indexOf(value);
      if (index < 0 || value === null) {
        fail(field.name + ": " + value + " is none of " + field.choices.join(", "));
      }
      writer.whole(index, field.bits);
    } else if (value === undefined || value === null) {
      if (field.bits) {
        fail(field.name + ": is missing");
      }
      writer.number(null);
    } else if (typeof value !== "number") {
      fail(field.name + ": " + value + " is no number");
    } else {
      checked(field, value);
      var raw = field.scale ? Math.round(value * field.scale) : value;
      if (field.bits) {
        writer.whole(raw, field.bits);
      } else {
        writer.number(raw);
      }
    }
  }
}

function isByClass(collection) {
  return TABLE.figures[collection].some(function (figure) {
    return figure.by_class;
  });
}

function readLayout(bytes) {
  var reader = new Reader(bytes);
  var layout = { tag: tagOf(bytes), classes: [], elements: [], slots: [] };
  reader.whole(4);
  layout.interval_s = reader.number();
  if (!layout.interval_s) {
    fail("layout: says nothing of how long an interval is");
  }
  for (var count = reader.whole(4); count > 0; count--) {
    var number = reader.whole(5);
    if (number !== TABLE.spelled && number >= TABLE.classes.length) {
      fail("layout: class " + number + " is none that this decoder knows");
    }
    layout.classes.push(number === TABLE.spelled ? reader.text() : TABLE.classes[number]);
  }
  for (var left = reader.whole(8); left > 0; left--) {
    readElement(reader, layout);
  }
  reader.ended("layout");
  if (
    layout.classes.length > TABLE.classes_max ||
    layout.elements.length > TABLE.elements_max ||
    layout.slots.length > TABLE.slots_max
  ) {
    fail("layout: has more than frames can tell apart");
  }
  return layout;
}

function readElement(reader, layout) {
  var kind = reader.whole(4);
  if (kind >= TABLE.collections.length) {
    fail("layout: kind " + kind + " is none that this decoder knows");
  }
  var collection = TABLE.collections[kind];
  var about = layout.classes.filter(function () {
    return isByClass(collection) && reader.whole(1);
  });
  var path = collection + "/" + reader.text();
  layout.elements.push(path);
  TABLE.figures[collection].forEach(function (figure) {
    (figure.by_class ? about : [null]).forEach(function (label) {
      var end = label === null ? [] : [label];
      layout.slots.push({
        name: [path].concat(figure.path, end).join("/"),
        count_name: [path].concat(figure.path.slice(1), end).join("/"),
        scale: figure.scale || 1,
      });
    });
  });
}

function bySlot(numbers, first, slots, key) {
  var found = {};
  numbers.forEach(function (number, index) {
    var place = first + index;
    if (number === null) {
      return;
    }
    if (slots && place >= slots.length) {
      fail("slot " + place + ": the layout has " + slots.length);
    }
    if (slots) {
      found[slots[place][key]] = number / slots[place].scale;
    } else {
      found[place] = number;
    }
  });
  return found;
}

function record(reader, layout) {
  var found = unpack(reader, TABLE.record.short.slice(0, 1), {});
  var fields = TABLE.record[found.form];
  unpack(reader, fields.slice(1, -1), found);
  var slots = layout && layout.tag === found.layout ? layout.slots : null;
  if ("end_s" in found) {
    found.end = instant(found.end_s);
  }
  if ("counted" in found) {
    var counts = [];
    for (var count = found.counted; count > 0; count--) {
      counts.push(reader.number());
    }
    found.counts = bySlot(counts, 0, slots, "count_name");
    delete found.counted;
  }
  var first = unpack(reader, fields.slice(-1), {}).first_slot;
  found.slots = bySlot(reader.run(), first, slots, "name");
  return found;
}

function named(names, place) {
  if (place >= names.length) {
    fail("number " + place + ": the layout has " + names.length + " of its kind");
  }
  return names[place];
}

function alert(reader, layout) {
  var found = unpack(reader, TABLE.alert, {});
  reader.ended("alert");
  var known = layout && layout.tag === found.layout ? layout : null;
  var element = found.element;
  var label = found.label;
  delete found.element;
  delete found.label;
  if (element < TABLE.elements_max) {
    found.element = known ? named(known.elements, element) : String(element);
  }
  if (label < TABLE.no_class) {
    found.label = known ? named(known.classes, label) : String(label);
  }
  return found;
}

function layoutPart(reader) {
  var found = unpack(reader, TABLE.layout, {});
  var chunk = reader.rest();
  found.chunk = toHex(chunk);
  if (found.offset + chunk.length > found.length) {
    fail("layout: a part ends behind the whole");
  }
  if (chunk.length === found.length) {
    var read = readLayout(chunk);
    if (read.tag !== found.layout) {
      fail("layout: its bytes have another tag than it says");
    }
    found.interval_s = read.interval_s;
    found.elements = read.elements;
    found.classes = read.classes;
    found.slots = read.slots.map(function (slot) {
      return slot.name;
    });
  }
  return found;
}

function health(reader) {
  var found = unpack(reader, TABLE.health_head, {});
  reader.run().forEach(function (number, index) {
    if (number === null) {
      return;
    }
    if (index >= TABLE.health.length) {
      fail("health: has more numbers than this decoder knows");
    }
    found[TABLE.health[index].name] = number + (TABLE.health[index].lowest || 0);
  });
  return found;
}

function reply(reader) {
  var found = unpack(reader, TABLE.reply, {});
  reader.ended("reply");
  return found;
}

// Adds the whole time of which a part was told: the last before the reception.
function complete(found, key, step_s, bits, received_ms) {
  if (key in found) {
    var latest = Math.floor((received_ms + AHEAD_MS) / 1000 / step_s);
    var ring = power(bits);
    var whole = latest - ((((latest - found[key]) % ring) + ring) % ring);
    found[key.split("_")[0]] = instant(whole * step_s);
  }
}

var READERS = { 1: record, 2: alert, 3: layoutPart, 4: health, 5: reply };

function decodeUplink(input) {
  try {
    if (!READERS.hasOwnProperty(input.fPort)) {
      fail("port: " + input.fPort + " carries none of our uplinks");
    }
    var told = (input.variables && input.variables.layout) || LAYOUT;
    var layout = told ? readLayout(fromHex(told)) : null;
    var found = READERS[input.fPort](new Reader(input.bytes), layout);
    var received_ms = input.recvTime ? new Date(input.recvTime).getTime() : NaN;
    if (received_ms === received_ms) {
      complete(found, "end_low_min", 60, TABLE.end_low_bits, received_ms);
      complete(found, "time_low_s", 1, TABLE.time_low_bits, received_ms);
    }
    return { data: found };
  } catch (error) {
    return { errors: [error.message] };
  }
}

function encodeDownlink(input) {
  try {
    var data = input.data;
    var writer = new Writer();
    pack(writer, TABLE.command, {
      version: 1,
      command: data.command,
      counter: data.counter,
    });
    pack(writer, TABLE.arguments[data.command], data);
    return { bytes: writer.toBytes(), fPort: TABLE.command_port };
  } catch (error) {
    return { errors: [error.message] };
  }
}

function decodeDownlink(input) {
  try {
    if (input.fPort !== TABLE.command_port) {
      fail("port: " + input.fPort + " is not the " + TABLE.command_port + " of commands");
    }
    var reader = new Reader(input.bytes);
    var found = unpack(reader, TABLE.command, {});
    unpack(reader, TABLE.arguments[found.command], found);
    reader.ended(found.command);
    delete found.version;
    return { data: found };
  } catch (error) {
    return { errors: [error.message] };
  }
}
