// Opens LoRaWAN frames with lora-packet, which is none of ours.
//
// In, as one JSON document: {"appKey": hex | null, "sessions": [{"address", "nwkSKey", "appSKey"}],
//   "frames": [hex, ...]} in the order in which they were on the air. Sessions are those of ABP; those of
// OTAA follow from the joins among the frames. Out: one JSON document, what each frame says to whoever has the
// keys, and whether wrong keys are refused.
"use strict";

const lora = require("lora-packet");

const hex = (text) => Buffer.from(text, "hex");

function wrong(key) {
  const other = Buffer.from(key);
  other[0] ^= 1;
  return other;
}

function opensOnly(packet, key, check) {
  return { mic: check(packet, key), refusesOthers: !check(packet, wrong(key)) };
}

class FarEnd {
  constructor(appKey, sessions) {
    this.appKey = appKey;
    this.devNonce = null;
    this.sessions = new Map(sessions.map((one) => [one.address, this.begun(hex(one.nwkSKey), hex(one.appSKey))]));
  }

  begun(nwkSKey, appSKey) {
    return { nwkSKey, appSKey, counters: { up: -1, down: -1 } };
  }

  read(text) {
    const packet = lora.fromWire(hex(text));
    if (packet.isJoinRequestMessage()) return this.readRequest(packet);
    if (packet.isJoinAcceptMessage()) return this.readAccept(packet);
    return this.readData(packet);
  }

  readRequest(packet) {
    this.devNonce = packet.DevNonce;
    return {
      kind: packet.getMType(),
      devEui: packet.DevEUI.toString("hex"),
      joinEui: packet.AppEUI.toString("hex"),
      devNonce: packet.DevNonce.readUInt16BE(0),
      ...opensOnly(packet, this.appKey, (one, key) => lora.verifyMIC(one, undefined, key)),
    };
  }

  readAccept(packet) {
    const opened = (key) => lora.fromWire(lora.decryptJoinAccept(packet, key));
    const plain = opened(this.appKey);
    const keys = lora.generateSessionKeys10(this.appKey, plain.NetID, plain.AppNonce, this.devNonce);
    const address = plain.DevAddr.toString("hex");
    this.sessions.set(address, this.begun(keys.NwkSKey, keys.AppSKey));
    const check = (_, key) => {
      try {
        return lora.verifyMIC(opened(key), undefined, key);
      } catch {
        return false; // decrypted with a wrong key, it is no frame at all
      }
    };
    return { kind: packet.getMType(), address, ...opensOnly(packet, this.appKey, check) };
  }

  readData(packet) {
    const address = packet.DevAddr.toString("hex");
    const session = this.sessions.get(address);
    if (session === undefined) return { kind: packet.getMType(), address, mic: false };
    const direction = packet.getDir();
    const counter = this.wholeCounter(session.counters[direction], packet.getFCnt());
    session.counters[direction] = Math.max(counter, session.counters[direction]);
    const upper = Buffer.alloc(2);
    upper.writeUInt16LE(counter >>> 16);
    const plain = packet.FRMPayload && packet.FRMPayload.length > 0
      ? lora.decrypt(packet, session.appSKey, session.nwkSKey, upper)
      : Buffer.alloc(0);
    return {
      kind: packet.getMType(),
      address,
      counter,
      port: packet.getFPort(),
      payload: plain.toString("hex"),
      options: packet.FOpts.toString("hex"),
      ack: packet.getFCtrlACK(),
      ...opensOnly(packet, session.nwkSKey, (one, key) => lora.verifyMIC(one, key, undefined, upper)),
    };
  }

  wholeCounter(last, lower) {
    if (last < 0) return lower;
    const whole = last - (last & 0xffff) + lower;
    return whole + 0x8000 < last ? whole + 0x10000 : whole;
  }
}

const told = JSON.parse(require("fs").readFileSync(0, "utf8"));
const farEnd = new FarEnd(told.appKey === null ? null : hex(told.appKey), told.sessions);
process.stdout.write(JSON.stringify(told.frames.map((frame) => farEnd.read(frame))));
