using QLoraGen.Data;
using QLoraGen.Testing;
using QLoraGen.Tokenization;

namespace QLoraGen.Tests.Data;

public sealed class SampleEncoderTests
{
    private const string Prompt = "### Instruction:\nSay hi\n\n### Response:\n";

    [SharedFact]
    public void A_prompted_sample_is_bos_prompt_completion_eos_and_learns_from_the_completion()
    {
        Tokenizer tokenizer = Stories();
        TokenizedSample sample = SampleEncoder.Encode(tokenizer, new(Prompt, "Hi there"), 512)!;

        int[] prompt = [1, .. tokenizer.Encode(Prompt)];
        Assert.Equal([.. prompt, .. tokenizer.EncodeContinuation("Hi there"), 2], sample.Ids);
        Assert.Equal(prompt.Length, sample.LossFrom);
        Assert.Equal(Prompt + "Hi there", tokenizer.Decode(sample.Ids));
    }

    [SharedFact]
    public void A_plain_text_is_bos_and_text_learned_from_its_first_token()
    {
        Tokenizer tokenizer = Stories();
        TokenizedSample sample = SampleEncoder.Encode(tokenizer, new(null, "Once upon a time"), 512)!;
        Assert.Equal([1, .. tokenizer.Encode("Once upon a time")], sample.Ids);
        Assert.Equal(1, sample.LossFrom);
    }

    [SharedFact]
    public void The_length_limit_cuts_the_end_and_a_sample_without_completion_is_counted_out()
    {
        Tokenizer tokenizer = Stories();
        int prompt = 1 + tokenizer.Encode(Prompt).Length;
        Assert.Equal(prompt + 1, SampleEncoder.Encode(tokenizer, new(Prompt, "Hi there"), prompt + 1)!.Ids.Length);
        Assert.Null(SampleEncoder.Encode(tokenizer, new(Prompt, "Hi there"), prompt));

        Dataset dataset = new([new(Prompt, "Hi there"), new("a", "b"), new(Prompt + Prompt, "Hi")], DatasetKind.Instructions);
        TokenizedDataset encoded = SampleEncoder.EncodeAll(tokenizer, dataset, prompt + 1);
        Assert.Equal((2, 1, 1), (encoded.Samples.Count, encoded.Shortened, encoded.Dropped));
    }

    [SharedFact]
    public void A_dataset_with_nothing_left_is_an_error() => Assert.Contains("raise the maximum length",
        Assert.Throws<QLoraException>(() => SampleEncoder.EncodeAll(Stories(), new([new(Prompt, "Hi")], DatasetKind.Instructions), 8)).Message);

    [SharedFact]
    public void An_empty_prompt_starts_the_text_with_the_completion()
    {
        TokenizedSample sample = SampleEncoder.Encode(Stories(), new("", "Hi"), 512)!;
        Assert.Equal([1, .. Stories().Encode("Hi"), 2], sample.Ids);
        Assert.Equal(1, sample.LossFrom);
    }

    [SharedFact]
    public void A_document_becomes_consecutive_blocks_that_join_to_the_whole()
    {
        Tokenizer tokenizer = Stories();
        string text = string.Concat(Enumerable.Repeat("Once upon a time there was a girl. ", 20));
        IReadOnlyList<TokenizedSample> blocks = SampleEncoder.Chunk(tokenizer, text, 64);
        Assert.All(blocks.SkipLast(1), block => Assert.Equal(64, block.Ids.Length));
        Assert.Equal([1, .. tokenizer.Encode(text)], blocks.SelectMany(block => block.Ids));
        Assert.Equal(blocks.Count, SampleEncoder.EncodeAll(tokenizer, new([new(null, text)], DatasetKind.Document), 64).Samples.Count);
    }

    private static Tokenizer Stories() => Tokenizer.Load(SharedData.Path("models", "stories260K"));
}
