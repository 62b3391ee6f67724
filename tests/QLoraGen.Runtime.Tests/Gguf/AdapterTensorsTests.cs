using QLoraGen.Checkpoints;
using QLoraGen.Gguf;
using QLoraGen.Runtime.Tests.Layers;
using QLoraGen.Testing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Gguf;

/// <summary>One of llama.cpp's weights that many layers share, or that it wants in another form.</summary>
[Collection(AloneWithTorch.Name)]
public sealed class AdapterTensorsTests : IDisposable
{
    private const float Alpha = 8;
    private readonly TempFolder folder = new();
    private readonly List<Parameter> made = [];

    public void Dispose()
    {
        made.ForEach(static parameter => parameter.Dispose());
        folder.Dispose();
    }

    [Fact]
    public void Experts_of_several_ranks_and_scales_and_without_an_adapter_are_stacked_without_a_loss()
    {
        LoraAdapter zero = Adapter(r: 2, width: 5, height: 3, scale: 4), two = Adapter(r: 4, width: 5, height: 3, scale: 0.7);

        GgufReader file = Written(new AdapterTensors("blk.0.ffn_up_exps.weight", [Expert(zero, 0), Expert(two, 2)], Alpha, TensorDType.F32, experts: 3));

        (GgufTensor a, GgufTensor b) = (file.Tensors["blk.0.ffn_up_exps.weight.lora_a"], file.Tensors["blk.0.ffn_up_exps.weight.lora_b"]);
        Assert.Equal([5, 4, 3], a.Sizes);   // ggml_mul_mat_id: [in, r, expert] and [r, out, expert]
        Assert.Equal([4, 3, 3], b.Sizes);
        Equal(zero, Added(a, b, 0));
        Equal(two, Added(a, b, 2));
        Assert.All(Added(a, b, 1), static value => Assert.Equal(0, value));
    }

    [Fact]
    public void Of_embeddings_A_lies_the_other_way_round()
    {
        LoraAdapter embeddings = Adapter(r: 2, width: 7, height: 3, scale: 4);

        GgufReader file = Written(new AdapterTensors("token_embd.weight", [new(embeddings, new GgufPlace(GgufPlace.Embeddings))], Alpha, TensorDType.F32, null));

        // llama-graph.cpp, build_inp_embd: rows of A by token, then B.
        (GgufTensor a, GgufTensor b) = (file.Tensors["token_embd.weight.lora_a"], file.Tensors["token_embd.weight.lora_b"]);
        Assert.Equal([2, 7], a.Sizes);
        Assert.Equal([2, 3], b.Sizes);
        Assert.Equal(embeddings.A.t().contiguous().data<float>().ToArray(), a.Values);
        Assert.Equal(embeddings.B.data<float>().ToArray(), b.Values);
    }

    private static PlacedAdapter Expert(LoraAdapter adapter, int expert) => new(adapter, new GgufPlace("blk.0.ffn_up_exps", Expert: expert));

    private GgufReader Written(AdapterTensors tensors)
    {
        AtomicFile.Write(folder.File("file.gguf"), GgufFile.Content([], [.. tensors.All]));
        return GgufReader.Read(folder.File("file.gguf"));
    }

    // What llama.cpp adds to a weight of one expert, [out, in].
    private static double[] Added(GgufTensor a, GgufTensor b, int expert)
    {
        (int width, int r, int height) = ((int)a.Sizes[0], (int)a.Sizes[1], (int)b.Sizes[1]);
        return [.. Enumerable.Range(0, width * height).Select(i => Enumerable.Range(0, r).Sum(k => Alpha / r
            * (double)b.Values[(((expert * height) + (i / width)) * r) + k] * a.Values[(((expert * r) + k) * width) + (i % width)]))];
    }

    private static void Equal(LoraAdapter adapter, double[] added) => Assert.All(
        (adapter.B.mm(adapter.A) * adapter.Scale).data<float>().Zip(added), static pair => Assert.Equal(pair.First, pair.Second, 1e-5));

    private LoraAdapter Adapter(int r, int width, int height, double scale)
    {
        made.AddRange([new Parameter(rand(r, width), requires_grad: false), new Parameter(rand(height, r), requires_grad: false)]);
        return new LoraAdapter("experts", made[^2], made[^1], scale, 0);
    }
}
