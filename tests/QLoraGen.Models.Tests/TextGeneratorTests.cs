using System.Text.Json;
using QLoraGen.Data;
using QLoraGen.Testing;

namespace QLoraGen.Models.Tests;

public sealed class TextGeneratorTests
{
    [SharedFact]
    public void Greedy_generation_gives_the_64_tokens_of_the_reference()
    {
        int[] expected = Reference();
        Assert.Equal(expected[1..], Generate(format: null, new SamplingOptions { MaxNewTokens = expected.Length - 1 }));
    }

    [SharedFact]
    public void The_end_token_ends_the_text_and_is_not_given()
    {
        int[] expected = Reference();
        int end = expected[10];
        using CausalLM model = Stories.Load(format: null);
        Assert.Equal(
            expected[1..Array.IndexOf(expected, end)],
            new TextGenerator(model, eosId: end).Generate([1], new SamplingOptions { MaxNewTokens = 64 }));
    }

    [SharedFact]
    public void A_seed_draws_the_same_text_again_and_another_a_different_one()
    {
        var options = new SamplingOptions { MaxNewTokens = 40, Temperature = 1, TopP = 0.95 };
        int[] drawn = Generate(null, options);
        Assert.Equal(drawn, Generate(null, options));
        Assert.NotEqual(drawn, Generate(null, options with { Seed = 43 }));
    }

    [SharedTheory]
    [InlineData(0)]
    [InlineData(1e-9)]
    public void Top_p_keeps_at_least_the_likeliest_token(double topP)
    {
        int[] expected = Reference();
        Assert.Equal(expected[1..31], Generate(null, new SamplingOptions { MaxNewTokens = 30, Temperature = 2, TopP = topP }));
    }

    [SharedFact]
    public void Generation_ends_where_the_context_does()
    {
        using CausalLM model = Stories.Load(format: null);
        var generator = new TextGenerator(model, eosId: null);
        int[] prompt = [.. Enumerable.Repeat(403, 509)];
        Assert.Equal(3, generator.Generate(prompt, new SamplingOptions { MaxNewTokens = 10 }).Count());
        Assert.Contains("512", Assert.Throws<QLoraException>(() => generator.Generate([.. prompt, .. prompt], new SamplingOptions()).Count()).Message);
        Assert.Throws<QLoraException>(() => generator.Generate([], new SamplingOptions()).Count());
    }

    [SharedFact]
    public void An_exact_match_is_the_expected_text_and_its_end()
    {
        int[] greedy = Reference();
        int end = greedy[20];
        int length = Array.IndexOf(greedy, end);
        using CausalLM model = Stories.Load(format: null);
        TokenizedSample right = new([.. greedy[..length], end], 4), early = new([.. greedy[..(length - 1)], end], 4), open = new(greedy[..length], 4);
        TokenizedSample wrong = new([.. greedy[..(length - 1)], greedy[length - 1] ^ 1, end], 4);
        Assert.Equal(1, ExactMatch.Measure(new TextGenerator(model, end), [right]));
        Assert.Equal(0, ExactMatch.Measure(new TextGenerator(model, end), [wrong]));
        Assert.Equal(0, ExactMatch.Measure(new TextGenerator(model, end), [early]));         // it goes on too long
        Assert.Equal(1, ExactMatch.Measure(new TextGenerator(model, eosId: null), [open]));  // a tokenizer without an end cannot ask for one
        Assert.Equal(0.5, ExactMatch.Measure(new TextGenerator(model, end), [right, wrong]));
    }

    private static int[] Generate(QuantFormat? format, SamplingOptions options)
    {
        using CausalLM model = Stories.Load(format);
        return [.. new TextGenerator(model, eosId: null).Generate([1], options)];
    }

    private static int[] Reference()
    {
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Stories.Folder, "reference.json")));
        return reference.RootElement.GetProperty("greedy_64_from_bos").Deserialize<int[]>()!;
    }
}
