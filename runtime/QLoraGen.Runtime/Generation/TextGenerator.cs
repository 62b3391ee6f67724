using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>Continues token ids with a model, one token at a time over a cache of keys and values.</summary>
/// <param name="model">The model, with its weights.</param>
/// <param name="stopIds">The tokens that end a text.</param>
public sealed class TextGenerator(CausalLM model, IReadOnlyCollection<int> stopIds)
{
    /// <summary>A generator that ends at one token, or at none.</summary>
    /// <param name="model">The model, with its weights.</param>
    /// <param name="eosId">The token that ends a text, or null.</param>
    public TextGenerator(CausalLM model, int? eosId) : this(model, eosId is { } id ? [id] : [])
    {
    }

    /// <summary>The tokens that end a text.</summary>
    public IReadOnlyCollection<int> StopIds => stopIds;

    /// <summary>The new tokens as they are made; one of <see cref="StopIds"/> ends the sequence and is not given.</summary>
    /// <param name="prompt">At least one token.</param>
    /// <param name="options">How the next token is chosen.</param>
    /// <param name="cancellation">Ends the sequence.</param>
    /// <exception cref="QLoraException">The prompt is empty, or leaves no room in the model's context.</exception>
    public IEnumerable<int> Generate(IReadOnlyList<int> prompt, SamplingOptions options, CancellationToken cancellation = default)
    {
        if (prompt.Count == 0)
        {
            throw new QLoraException("The prompt is empty, and the tokenizer has no BOS token to begin with: give a prompt.");
        }
        if (prompt.Count >= model.Config.MaxPositionEmbeddings)
        {
            throw new QLoraException(
                $"The prompt is {prompt.Count} tokens long, and the model's context is {model.Config.MaxPositionEmbeddings}: shorten the prompt.");
        }
        model.eval();
        using IDisposable? held = model.Adapters?.Hold();
        using var cache = new KVCache(model.Config.NumHiddenLayers);
        using var random = new Generator((ulong)options.Seed);
        List<long> text = [.. prompt.Select(static id => (long)id)];
        int room = Math.Min(options.MaxNewTokens, model.Config.MaxPositionEmbeddings - prompt.Count);
        for (int made = 0; made < room && !cancellation.IsCancellationRequested; made++)
        {
            int token = Next(Unread(text, cache), cache, options, random);
            if (stopIds.Contains(token))
            {
                yield break;
            }
            yield return token;
            text.Add(token);
        }
    }

    // What the model has to be given: all that the cache does not hold, and everything again where the text outgrows what the cache is good for.
    private long[] Unread(List<long> text, KVCache cache)
    {
        if (model.Config.CacheIsGoodFor is { } limit && cache.Length <= limit && text.Count > limit)
        {
            cache.Clear();
        }
        return [.. text.Skip((int)cache.Length)];
    }

    private int Next(long[] input, KVCache cache, SamplingOptions options, Generator random)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor hidden = model.Hidden(tensor(input).unsqueeze(0), cache);
        Tensor logits = model.Logits(hidden.narrow(1, input.Length - 1, 1))[0, 0].cpu();   // one row: drawn alike on every device
        return (int)(options.Temperature <= 0 ? logits.argmax() : Draw(logits / options.Temperature, options.TopP, random)).item<long>();
    }

    private static Tensor Draw(Tensor logits, double topP, Generator random)
    {
        (Tensor probabilities, Tensor order) = nn.functional.softmax(logits, -1).sort(-1, descending: true);
        Tensor before = probabilities.cumsum(-1) - probabilities;   // what likelier tokens have already reached
        before[0] = double.NegativeInfinity;   // the likeliest token always stays
        Tensor kept = probabilities.masked_fill(before >= topP, 0);
        return order[multinomial(kept, 1, generator: random)];
    }
}
