using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json;
using QLoraGen.Checkpoints;
using QLoraGen.Data;

namespace QLoraGen;

/// <summary>
/// <c>training_args.json</c> of a checkpoint: everything that a run's result depends on, under Transformers' names where there are any.
/// Whoever goes on from the checkpoint must have the same.
/// </summary>
internal sealed class TrainingIdentity
{
    public const string FileName = "training_args.json";

    private const long MaxLength = 1 << 20;

    private readonly (string Name, string Value)[] entries;

    private TrainingIdentity((string Name, string Value)[] entries) => this.entries = entries;

    public static TrainingIdentity Of(
        CausalLM model, TrainingOptions options, IReadOnlyList<TrainedTensor> tensors, IReadOnlyList<TokenizedSample> samples) => new(
    [
        .. options.Named().Select(static option => (option.Name, string.Create(CultureInfo.InvariantCulture, $"{option.Value}"))),
        ("model", Hex(model.Region?.Hash() ?? 0)),
        ("adapters", Hex(HashOf(model, tensors))),
        ("samples", Hex(HashOf(samples))),
    ]);

    public void Write(string path) => AtomicFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        foreach ((string name, string value) in entries)
        {
            json.WriteString(name, value);
        }
        json.WriteEndObject();
    });

    /// <summary>Makes sure that a checkpoint is one of this run.</summary>
    /// <exception cref="QLoraException">It is not; the message names what differs.</exception>
    public void RequireSame(string path)
    {
        using JsonDocument json = JsonFile.Parse(path, MaxLength);
        foreach ((string name, string value) in entries)
        {
            string? there = json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out JsonElement element)
                ? element.ToString() : null;
            if (there != value)
            {
                throw new QLoraException($"{path}: {name} is {there ?? "missing"} there and {value} here: to go on, give the model, data and "
                    + "options that the run was begun with.");
            }
        }
    }

    private static UInt128 HashOf(CausalLM model, IReadOnlyList<TrainedTensor> tensors)
    {
        var text = string.Join('\n', tensors.Select(static tensor => $"{tensor.Name} {string.Join('x', tensor.Value.shape)}").Concat(
            model.Adapters?.Adapters.Select(static adapter => string.Create(CultureInfo.InvariantCulture, $"{adapter.Path} {adapter.Scale:R} {adapter.Dropout:R}")) ?? []));
        return XxHash128.HashToUInt128(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private static UInt128 HashOf(IReadOnlyList<TokenizedSample> samples)
    {
        var hash = new XxHash128();
        foreach (TokenizedSample sample in samples)
        {
            hash.Append(MemoryMarshal.AsBytes<int>([.. sample.Learned.SelectMany(static part => new[] { part.Start, part.End }), sample.Ids.Length]));
            hash.Append(MemoryMarshal.AsBytes<int>(sample.Ids));
        }
        return hash.GetCurrentHashAsUInt128();
    }

    private static string Hex(UInt128 hash) => hash.ToString("x32", CultureInfo.InvariantCulture);
}
