using QLoraGen.Checkpoints;
using QLoraGen.Gguf;
using QLoraGen.Testing;
using static TorchSharp.torch;

namespace QLoraGen.Models.Tests;

/// <summary>Adapters as llama.cpp reads them, read back by a reader that knows nothing of the writer.</summary>
public sealed class GgufAdapterTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Out => folder.File("adapter.gguf");

    public static TheoryData<string, LoraConfig, double, int> Scales => new()
    {
        { "alpha / r", new LoraConfig { R = 4, LoraAlpha = 8 }, 8, 0 },
        { "rsLoRA: one alpha gives it", new LoraConfig { R = 4, LoraAlpha = 8, UseRslora = true }, 16, 0 },
        { "a rank of its own: r is in the shape", new LoraConfig { R = 4, LoraAlpha = 8, RankPattern = [new("v_proj", 2)] }, 8, 0 },
        { "a rank of its own with rsLoRA", new LoraConfig { R = 4, LoraAlpha = 8, UseRslora = true, RankPattern = [new("v_proj", 16)] }, 16, 5 },
        { "an alpha of its own", new LoraConfig { R = 4, LoraAlpha = 8, AlphaPattern = [new("layers.1.self_attn.k_proj", 3)] }, 8, 1 },
    };

    [SharedTheory]
    [MemberData(nameof(Scales))]
    public void What_llama_cpp_adds_is_what_the_adapter_adds(string scale, LoraConfig config, double alpha, int rescaled)
    {
        using CausalLM model = Adapted(config);

        GgufSummary written = Export(model);

        GgufReader file = GgufReader.Read(Out);
        Assert.True(alpha == (double)file.Metadata["adapter.lora.alpha"], $"{scale}: {file.Metadata["adapter.lora.alpha"]}");
        Assert.Equal((35, 70, rescaled), (written.Adapters, written.Tensors, written.Rescaled));
        Assert.Equal(70, file.Tensors.Count);
        Assert.All(model.Adapters!.Adapters, adapter =>
        {
            (GgufTensor a, GgufTensor b) = (file.Tensors[$"{NameOf(adapter.Path)}.weight.lora_a"], file.Tensors[$"{NameOf(adapter.Path)}.weight.lora_b"]);
            // src/llama-adapter.cpp: A is ne [in, r], B is ne [r, out], and r is B's first size.
            Assert.Equal([adapter.A.shape[1], adapter.A.shape[0]], a.Sizes);
            Assert.Equal([adapter.B.shape[1], adapter.B.shape[0]], b.Sizes);
            double[] added = Product(b, a, alpha / b.Sizes[0]);
            double[] trained = [.. (adapter.B.detach().mm(adapter.A.detach()) * adapter.Scale).data<float>().Select(static value => (double)value)];
            Assert.All(trained.Zip(InCheckpointOrder(added, adapter)), static pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        });
    }

    [SharedFact]
    public void Where_nothing_is_rescaled_the_values_are_the_adapter_s_own_bit_for_bit()
    {
        using CausalLM model = Adapted(new LoraConfig { R = 3, LoraAlpha = 5 });

        Export(model);

        GgufReader file = GgufReader.Read(Out);
        Assert.All(model.Adapters!.Adapters, adapter =>
        {
            Assert.Equal(adapter.A.detach().data<float>().ToArray(), file.Tensors[$"{NameOf(adapter.Path)}.weight.lora_a"].Values);
            double[] rows = [.. file.Tensors[$"{NameOf(adapter.Path)}.weight.lora_b"].Values];
            Assert.Equal(adapter.B.detach().data<float>().Select(static value => (double)value), InCheckpointOrder(rows, adapter));
        });
    }

    [SharedFact]
    public void Of_queries_and_keys_alone_the_rows_are_moved()
    {
        using CausalLM model = Adapted(new LoraConfig { R = 3, LoraAlpha = 5 });

        Export(model);

        GgufReader file = GgufReader.Read(Out);
        Assert.All(model.Adapters!.Adapters, adapter => Assert.Equal(
            !adapter.Path.EndsWith("q_proj") && !adapter.Path.EndsWith("k_proj"),
            adapter.B.detach().data<float>().SequenceEqual(file.Tensors[$"{NameOf(adapter.Path)}.weight.lora_b"].Values)));
    }

    [SharedFact]
    public void The_metadata_is_what_llama_cpp_asks_for()
    {
        using CausalLM model = Adapted(new LoraConfig { R = 2, LoraAlpha = 7, TargetModules = ["q_proj"] });

        Export(model);

        Assert.Equal(
            new Dictionary<string, object>
            {
                ["general.architecture"] = "llama", ["general.type"] = "adapter", ["general.name"] = "my adapter", ["general.file_type"] = 0.0,
                ["adapter.type"] = "lora", ["adapter.lora.alpha"] = 7.0,
            },
            GgufReader.Read(Out).Metadata);
    }

    [SharedTheory]
    [InlineData(TensorDType.F16, 1, 1)]
    [InlineData(TensorDType.BF16, 30, 32)]
    public void Sixteen_bits_are_the_values_rounded(TensorDType dtype, int type, int fileType)
    {
        using CausalLM model = Adapted(new LoraConfig { R = 3, TargetModules = ["v_proj", "down_proj"] });

        Export(model, dtype);

        GgufReader file = GgufReader.Read(Out);
        Assert.Equal((double)fileType, file.Metadata["general.file_type"]);
        Assert.All(model.Adapters!.Adapters, adapter =>
        {
            GgufTensor a = file.Tensors[$"{NameOf(adapter.Path)}.weight.lora_a"];
            Assert.Equal((uint)type, a.Type);
            float step = dtype == TensorDType.F16 ? 1f / (1 << 11) : 1f / (1 << 8);
            Assert.All(adapter.A.detach().data<float>().Zip(a.Values), pair => Assert.InRange(pair.Second, Lowest(pair.First, step), Lowest(pair.First, -step)));
        });

        static float Lowest(float value, float step) => value - (Math.Abs(value) * step) - (Math.Sign(step) * 1e-7f);
    }

    [SharedFact]
    public void What_float16_cannot_hold_is_refused()
    {
        using CausalLM model = Adapted(new LoraConfig { R = 2 });
        using (no_grad())
        {
            model.Adapters!.Flat.mul_(1e6f);
        }
        string message = Assert.Throws<QLoraException>(() => Export(model, TensorDType.F16)).Message;

        Assert.Contains("float16", message);
        Assert.Contains("proj", message);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private GgufSummary Export(CausalLM model, TensorDType dtype = TensorDType.F32) =>
        GgufAdapter.Write(Out, model, ConfigFile.Open(Stories.Folder), "my adapter", dtype);

    // Only shapes and the adapter matter: no weights are loaded.
    private static CausalLM Adapted(LoraConfig config)
    {
        CausalLM model = Architectures.Create(ConfigFile.Open(Stories.Folder));
        AdapterArena arena = model.AddAdapters(config, seed: 3);
        using var _ = no_grad();
        arena.Flat.normal_(0, 0.2, new Generator(5));
        return model;
    }

    private static string NameOf(string path)
    {
        string[] parts = path.Split('.');
        return $"blk.{parts[2]}." + parts[^1] switch
        {
            "q_proj" => "attn_q", "k_proj" => "attn_k", "v_proj" => "attn_v", "o_proj" => "attn_output",
            "gate_proj" => "ffn_gate", "up_proj" => "ffn_up", "down_proj" => "ffn_down",
            string other => throw new ArgumentException(other, nameof(path)),
        };
    }

    // y = scale B (A x) in ggml's terms: B and A are read as ne[1] rows of ne[0].
    private static double[] Product(GgufTensor b, GgufTensor a, double scale)
    {
        (long r, long rows, long width) = (b.Sizes[0], b.Sizes[1], a.Sizes[0]);
        double[] product = new double[rows * width];
        for (long i = 0; i < product.Length; i++)
        {
            (long row, long column) = (i / width, i % width);
            for (long k = 0; k < r; k++)
            {
                product[i] += scale * b.Values[(row * r) + k] * a.Values[(k * width) + column];
            }
        }
        return product;
    }

    // Undoes what llama.cpp's converter does to queries and keys: row (h, 2 i + half) was row (h, half, i). stories260K has heads of 8.
    private static double[] InCheckpointOrder(double[] values, LoraAdapter adapter)
    {
        if (!adapter.Path.EndsWith("q_proj") && !adapter.Path.EndsWith("k_proj"))
        {
            return values;
        }
        const int Width = 8, Half = Width / 2;
        int rows = (int)adapter.B.shape[0], length = values.Length / rows;
        double[] back = new double[values.Length];
        for (int row = 0; row < rows; row++)
        {
            (int head, int i, int half) = (row / Width, row % Width / 2, row % 2);
            values.AsSpan(row * length, length).CopyTo(back.AsSpan(((head * Width) + (half * Half) + i) * length));
        }
        return back;
    }
}
