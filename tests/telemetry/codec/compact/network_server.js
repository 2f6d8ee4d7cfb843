// Loads a decoder as network servers do, bare and alone, and answers calls line by line.
"use strict";
const fs = require("fs");
const readline = require("readline");
const vm = require("vm");

const context = vm.createContext({});
vm.runInContext(fs.readFileSync(process.argv[2], "utf-8"), context);

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { call, input } = JSON.parse(line);
  if ("recvTime" in input) {
    input.recvTime = new Date(input.recvTime);
  }
  context.input = input;
  const answer = vm.runInContext(`${call}(input)`, context, { timeout: 1000 });
  process.stdout.write(JSON.stringify(answer) + "\n");
});
