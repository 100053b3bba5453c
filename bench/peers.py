"""The peers that run natively, and the graphs that everybody runs.

  peers.py make FOLDER     writes for each graph its weights (safetensors), tokens and ONNX file
  peers.py serve FOLDER    answers lines `torch|onnxruntime MODEL THREADS` with JSON, one each

A graph is the network's V1 model in some size, from tokens to logits: no loss, no SIGReg.
"""

import json
import math
import os
import struct
import sys
import time

import numpy as np

VOCABULARY = 264
GRAPHS = {
    "XS": dict(width=64, heads=4, layers=2, hidden=256, rows=1, length=64),
    "S": dict(width=256, heads=8, layers=4, hidden=1024, rows=4, length=256),
    "M": dict(width=512, heads=8, layers=6, hidden=2048, rows=1, length=512),
    # one layer of the network's own size
    "V1L": dict(width=2048, heads=8, layers=1, hidden=8192, rows=1, length=256),
}
# Part of the graphs' folder's name where others keep it: another recipe makes other files.
RECIPE = 3


def operations(g):
    """Floating-point operations of a graph: attention as if every position saw all others."""
    layer = 8 * g["width"] ** 2 + 4 * g["width"] * g["hidden"] + 4 * g["length"] * g["width"]
    return g["rows"] * g["length"] * (g["layers"] * layer + 2 * VOCABULARY * g["width"])


def shapes(g):
    width, hidden = g["width"], g["hidden"]
    dense = lambda name, rows, columns: [(f"{name}.weight", (rows, columns)), (f"{name}.bias", (columns,))]
    norm = lambda name: [(f"{name}.gamma", (width,)), (f"{name}.beta", (width,))]
    found = [("embedding.weight", (VOCABULARY, width))]
    for layer in range(g["layers"]):
        at = f"encoder.layers.{layer}."
        found += norm(at + "norm_1")
        for part in ("query", "key", "value", "output"):
            found += dense(f"{at}attention.{part}", width, width)
        found += norm(at + "norm_2")
        found += dense(at + "pwff.linear_inner", width, hidden)
        found += dense(at + "pwff.linear_outer", hidden, width)
    return found + norm("final_norm") + dense("predictor", width, VOCABULARY)


def draw(g):
    """Weights that keep values of about one at about one, so that no engine meets odd numbers."""
    random = np.random.default_rng(2026)

    def tensor(name, shape):
        noise = random.standard_normal(shape, dtype=np.float32)
        if name.endswith("gamma"):
            return 1 + noise / 10
        if len(shape) == 1:
            return noise / 20
        return noise if name == "embedding.weight" else noise / np.float32(math.sqrt(shape[0]))

    return {name: tensor(name, shape) for name, shape in shapes(g)}


def rotary(g):
    pairs = g["width"] // g["heads"] // 2
    angles = np.arange(g["length"])[:, None] / 10_000.0 ** (np.arange(pairs) / pairs)
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def write_safetensors(path, tensors):
    header, end = {}, 0
    for name, values in tensors.items():
        header[name] = {"dtype": "F32", "shape": values.shape, "data_offsets": [end, end + values.nbytes]}
        end += values.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in tensors.values():
            file.write(np.ascontiguousarray(values).tobytes())


def read_safetensors(path):
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header, body = json.loads(file.read(size)), file.read()
    part = lambda entry: np.frombuffer(body[slice(*entry["data_offsets"])], np.float32).reshape(entry["shape"])
    return {name: part(entry) for name, entry in header.items()}


class Onnx:
    """Builds an ONNX graph of standard operators."""

    def __init__(self, constants):
        from onnx import helper, numpy_helper

        self.helper, self.numpy = helper, numpy_helper
        self.nodes, self.constants = [], [numpy_helper.from_array(value, name) for name, value in constants.items()]

    def constant(self, name, value):
        self.constants.append(self.numpy.from_array(np.asarray(value), name))
        return name

    def __call__(self, operator, *inputs, outputs=1, name=None, **attributes):
        names = [name or f"v{len(self.nodes)}_{index}" for index in range(outputs)]
        self.nodes.append(self.helper.make_node(operator, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names


def onnx_model(g, weights):
    from onnx import TensorProto

    rows, length, width, heads = g["rows"], g["length"], g["width"], g["heads"]
    head_width = width // heads
    op = Onnx(weights)
    by_heads = op.constant("by_heads", np.array([rows, length, heads, head_width], np.int64))
    joined = op.constant("joined", np.array([rows, length, width], np.int64))
    halves = op.constant("halves", np.array([head_width // 2] * 2, np.int64))
    cosines, sines = (op.constant(name, table[None, None]) for name, table in zip(("cosines", "sines"), rotary(g)))
    scale = op.constant("scale", np.float32(1 / math.sqrt(head_width)))
    mask = op.constant("mask", np.triu(np.full((length, length), -10_000, np.float32), 1)[None, None])

    def dense(x, at, name=None):
        return op("Add", op("MatMul", x, f"{at}.weight"), f"{at}.bias", name=name)

    def norm(x, at):
        return op("LayerNormalization", x, f"{at}.gamma", f"{at}.beta", axis=-1, epsilon=1e-5)

    def split(x, order):
        return op("Transpose", op("Reshape", x, by_heads), perm=order)

    def turn(x):
        a, b = op("Split", x, halves, outputs=2, axis=3)
        first = op("Sub", op("Mul", a, cosines), op("Mul", b, sines))
        second = op("Add", op("Mul", b, cosines), op("Mul", a, sines))
        return op("Concat", first, second, axis=3)

    x = op("Gather", "embedding.weight", "tokens")
    for layer in range(g["layers"]):
        at = f"encoder.layers.{layer}."
        normed = norm(x, at + "norm_1")
        query, key, value = (split(dense(normed, f"{at}attention.{part}"), [0, 2, 1, 3]) for part in ("query", "key", "value"))
        scores = op("MatMul", turn(query), op("Transpose", turn(key), perm=[0, 1, 3, 2]))
        shares = op("Softmax", op("Add", op("Mul", scores, scale), mask), axis=-1)
        context = op("Reshape", op("Transpose", op("MatMul", shares, value), perm=[0, 2, 1, 3]), joined)
        x = op("Add", x, dense(context, at + "attention.output"))
        inner = op("Gelu", dense(norm(x, at + "norm_2"), at + "pwff.linear_inner"), approximate="none")
        x = op("Add", x, dense(inner, at + "pwff.linear_outer"))
    dense(norm(x, "final_norm"), "predictor", name="logits")

    helper = op.helper
    tokens = helper.make_tensor_value_info("tokens", TensorProto.INT32, [rows, length])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [rows, length, VOCABULARY])
    graph = helper.make_graph(op.nodes, "v1", [tokens], [logits], op.constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)


def make(folder):
    import onnx

    os.makedirs(folder, exist_ok=True)
    for name, g in GRAPHS.items():
        weights = draw(g)
        write_safetensors(f"{folder}/{name}.safetensors", weights)
        tokens = np.random.default_rng(7).integers(0, 256, (g["rows"], g["length"]), dtype=np.uint32)
        tokens.tofile(f"{folder}/{name}.tokens")
        onnx.save(onnx_model(g, weights), f"{folder}/{name}.onnx")
    listed = {name: g | {"operations": operations(g)} for name, g in GRAPHS.items()}
    with open(f"{folder}/graphs.json", "w") as file:
        json.dump({"recipe": RECIPE, **listed}, file)


class Torch:
    """The same in PyTorch, weights laid out as its own linear layers have them."""

    def __init__(self, g, weights):
        import torch

        self.torch, self.g = torch, g
        lay = lambda name, value: value.T if value.ndim == 2 and name != "embedding.weight" else value
        self.weights = {name: torch.from_numpy(lay(name, value).copy()) for name, value in weights.items()}
        self.cosines, self.sines = (torch.from_numpy(table) for table in rotary(g))

    def run(self, tokens, threads):
        self.torch.set_num_threads(threads)
        with self.torch.inference_mode():
            return self.forward(self.torch.from_numpy(tokens.astype(np.int64))).numpy()

    def forward(self, tokens):
        functional, weights, g = self.torch.nn.functional, self.weights, self.g
        dense = lambda x, at: functional.linear(x, weights[f"{at}.weight"], weights[f"{at}.bias"])
        norm = lambda x, at: functional.layer_norm(x, (g["width"],), weights[f"{at}.gamma"], weights[f"{at}.beta"], 1e-5)
        by_heads = lambda x: x.view(g["rows"], g["length"], g["heads"], -1).transpose(1, 2)
        x = functional.embedding(tokens, weights["embedding.weight"])
        for layer in range(g["layers"]):
            at = f"encoder.layers.{layer}."
            normed = norm(x, at + "norm_1")
            query, key, value = (by_heads(dense(normed, f"{at}attention.{part}")) for part in ("query", "key", "value"))
            found = functional.scaled_dot_product_attention(self.turn(query), self.turn(key), value, is_causal=True)
            x = x + dense(found.transpose(1, 2).reshape(x.shape), at + "attention.output")
            inner = functional.gelu(dense(norm(x, at + "norm_2"), at + "pwff.linear_inner"))
            x = x + dense(inner, at + "pwff.linear_outer")
        return dense(norm(x, "final_norm"), "predictor")

    def turn(self, x):
        a, b = x.chunk(2, -1)
        return self.torch.cat([a * self.cosines - b * self.sines, b * self.cosines + a * self.sines], -1)


class OnnxRuntime:
    """An ONNX file in onnxruntime, a session for each number of threads."""

    def __init__(self, path):
        self.path, self.sessions = path, {}

    def run(self, tokens, threads):
        import onnxruntime

        if threads not in self.sessions:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
            # Threads that spin after their work would take the cores of whoever is measured next.
            options.add_session_config_entry("session.force_spinning_stop", "1")
            self.sessions[threads] = onnxruntime.InferenceSession(self.path, options, providers=["CPUExecutionProvider"])
        return self.sessions[threads].run(None, {"tokens": tokens.astype(np.int32)})[0]


def cross_entropy(logits, tokens):
    """Nats per position, by the network's divisor: a sequence's last position has no target but counts."""
    logits = logits.astype(np.float64)
    most = logits.max(-1, keepdims=True)
    totals = np.log(np.exp(logits - most).sum(-1)) + most[..., 0]
    chosen = np.take_along_axis(logits[:, :-1], tokens[:, 1:, None].astype(np.int64), 2)[..., 0]
    return float((totals[:, :-1] - chosen).sum() / tokens.size)


def serve(folder):
    graphs, models, tokens = json.load(open(f"{folder}/graphs.json")), {}, {}
    for line in sys.stdin:
        engine, name, threads = line.split()
        if (engine, name) not in models:
            g = graphs[name]
            tokens[name] = np.fromfile(f"{folder}/{name}.tokens", np.uint32).reshape(g["rows"], g["length"])
            models[engine, name] = (
                Torch(g, read_safetensors(f"{folder}/{name}.safetensors")) if engine == "torch" else OnnxRuntime(f"{folder}/{name}.onnx")
            )
        start = time.perf_counter()
        logits = models[engine, name].run(tokens[name], int(threads))
        milliseconds = (time.perf_counter() - start) * 1e3
        print(json.dumps({"computing": milliseconds, "crossEntropy": cross_entropy(logits, tokens[name])}), flush=True)


if __name__ == "__main__":
    {"make": make, "serve": serve}[sys.argv[1]](sys.argv[2])
