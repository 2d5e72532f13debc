// Prints what Netron's reader finds in a file of a model: node netron_reads.mjs FOLDER_OF_NETRON FILE
import fs from "fs";
import path from "path";

const [folder, file] = process.argv.slice(2);
const part = (name) => import(path.join(folder, `${name}.js`));
const { BinaryStream } = await part("base");
const { ModelFactoryService } = await part("view");

const stream = (name) => new BinaryStream(new Uint8Array(fs.readFileSync(name)));
const host = {
    environment: () => undefined,
    event: () => undefined,
    update: () => undefined,
    exception: (error) => { throw error; },
    require: part,
    request: async (name, encoding) => {
        const found = path.join(folder, name);
        return encoding ? fs.readFileSync(found, encoding) : stream(found);
    },
};
const context = {
    identifier: path.basename(file), stream: stream(file), entries: new Map(), host,
    request: host.request, require: host.require, error: host.exception,
};
const model = await new ModelFactoryService(host).open(context);
const nodes = model.modules[0].nodes.map((node) => ({
    kind: node.type.name,
    name: node.name,
    sources: node.inputs.flatMap((input) => input.value.filter((one) => !one.initializer).map((one) => one.name)),
    weights: node.inputs.flatMap((input) => input.value.filter((one) => one.initializer).map((one) => `${one.type}`)),
}));
console.log(JSON.stringify({ format: model.format, nodes }));
