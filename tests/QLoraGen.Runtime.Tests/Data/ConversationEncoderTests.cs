using System.Text.Json;
using QLoraGen.Data;
using QLoraGen.Templates;
using QLoraGen.Testing;
using QLoraGen.Tokenization;

namespace QLoraGen.Tests.Data;

/// <summary>Small templates of each known kind, and which parts of a conversation are learned under them.</summary>
public sealed class ConversationEncoderTests : IDisposable
{
    private const string Prompt = "{% if add_generation_prompt %}<|start|>assistant\n{% endif %}";
    private const string Plain = "{% for m in messages %}<|start|>{{ m.role }}\n{{ m.content }}<|end|>\n{% endfor %}" + Prompt;

    private const string Talk = """
        [{"role": "system", "content": "Be short."}, {"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "four"},
         {"role": "user", "content": "3+3?"}, {"role": "assistant", "content": "six"}]
        """;

    private const string Thoughts = """
        [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "<think>\neasy\n</think>\n\nfour"},
         {"role": "user", "content": "3+3?"}, {"role": "assistant", "content": "<think>\nhard\n</think>\n\nsix"}]
        """;

    private readonly TempFolder folder = new();

    public ConversationEncoderTests()
    {
        BpeTrainer.Train(["two and two is four; three and three is six"], 280, folder.Path);
        folder.Write("tokenizer_config.json", """
            {"bos_token": "<s>", "eos_token": "</s>", "added_tokens_decoder":
             {"300": {"content": "<|start|>", "special": true}, "301": {"content": "<|end|>", "special": true}}}
            """);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_turn_of_the_assistant_is_learned_with_the_token_that_ends_it() => Learns(Plain, Talk, "four<|end|>", "six<|end|>");

    [Fact]
    public void The_ids_are_those_of_the_rendered_text_as_a_whole()
    {
        TokenizedSample sample = Encode(Plain, Talk)!;
        string text = "<|start|>system\nBe short.<|end|>\n<|start|>user\n2+2?<|end|>\n<|start|>assistant\nfour<|end|>\n"
            + "<|start|>user\n3+3?<|end|>\n<|start|>assistant\nsix<|end|>";
        Assert.Equal(Tokenizer.Load(folder.Path).Encode(text, allowSpecial: true), sample.Ids);
    }

    [Fact]
    public void A_template_says_itself_what_is_learned_by_generation_blocks() => Learns(
        "{% for m in messages %}<|start|>{{ m.role }}\n{% if m.role == 'assistant' %}{% generation %}{{ m.content }}!<|end|>{% endgeneration %}"
            + "{% else %}{{ m.content }}<|end|>{% endif %}\n{% endfor %}",
        Talk, "four!<|end|>", "six!<|end|>");

    [Fact]
    public void Thoughts_that_the_template_drops_from_earlier_turns_are_not_learned() => Learns(
        "{% for m in messages %}<|start|>{{ m.role }}\n{{ m.content if loop.last else m.content.split('</think>')[-1].lstrip('\n') }}<|end|>\n{% endfor %}" + Prompt,
        Thoughts, "four<|end|>", "<think>\nhard\n</think>\n\nsix<|end|>");

    [Fact]
    public void What_the_generation_prompt_gives_is_not_learned_even_where_earlier_turns_lack_it() => Learns(
        "{% for m in messages %}<|start|>{{ m.role }}\n{% if m.role == 'assistant' and loop.last %}<think>\n\n</think>\n\n{% endif %}{{ m.content }}<|end|>\n{% endfor %}"
            + "{% if add_generation_prompt %}<|start|>assistant\n<think>\n{% endif %}",
        Talk, "four<|end|>", "\n</think>\n\nsix<|end|>");

    [Fact]
    public void What_follows_the_end_of_the_turn_is_not_learned() => Learns(
        "{% for m in messages %}<|start|>{{ m.role }}\n{{ m.content }}<|end|>\n{% endfor %}{% if add_generation_prompt %}<|start|>assistant\n{% else %}{{ eos_token }}{% endif %}",
        Talk, "four<|end|>", "six<|end|>");

    [Fact]
    public void A_template_without_a_generation_prompt_learns_what_follows_the_user_s_turn() => Learns(
        "{% for m in messages %}{% if m.role == 'assistant' %} {{ m.content }} {{ eos_token }}{% else %}[INST] {{ m.content }} [/INST]{% endif %}{% endfor %}",
        Talk, " four </s>", " six </s>");

    [Fact]
    public void A_template_without_a_token_at_the_end_learns_the_text_alone() => Learns(
        "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}", Talk, "four", "six");

    [Fact]
    public void A_template_whose_other_text_depends_on_the_turn_is_refused_with_the_row()
    {
        string message = Assert.Throws<QLoraException>(() => Encode("{{ messages|map(attribute='content')|join('/') }}: " + Plain, Talk)).Message;
        Assert.StartsWith("rows.jsonl: line 7: the chat template renders what stands around messages[2] in another way", message);
        Assert.Contains("{% generation %}", message);
    }

    [Fact]
    public void A_conversation_that_the_template_refuses_is_named_with_row_and_reason() => Assert.Contains("line 7: ",
        Assert.Throws<QLoraException>(() => Encode("{{ raise_exception('no') }}", Talk)).Message);

    [Fact]
    public void A_special_token_in_a_message_counts_as_one()
    {
        string talk = """[{"role": "user", "content": "a<|end|>b"}, {"role": "assistant", "content": "four"}]""";
        Assert.Equal(3, Encode(Plain, talk)!.Ids.Count(id => id == 301));
        Learns(Plain, talk, "four<|end|>");
    }

    [Fact]
    public void The_length_limit_cuts_the_end_and_a_conversation_with_nothing_left_is_none()
    {
        TokenizedSample whole = Encode(Plain, Talk)!;
        Assert.Equal(whole.Learned[0].End, Encode(Plain, Talk, whole.Learned[1].Start)!.Ids.Length);
        Assert.Equal((whole.Learned[1].Start, whole.Learned[1].Start + 1), Encode(Plain, Talk, whole.Learned[1].Start + 1)!.Learned[1]);
        Assert.Null(Encode(Plain, Talk, whole.Learned[0].Start));
    }

    [Fact]
    public void A_batch_has_labels_on_the_turns_alone()
    {
        TokenizedSample sample = Encode(Plain, Talk)!;
        using var scope = TorchSharp.torch.NewDisposeScope();
        Batch batch = Batch.Of([sample]);
        long[] labels = batch.Labels.data<long>().ToArray();
        int[] learned = [.. sample.Learned.SelectMany(static span => Enumerable.Range(span.Start, span.End - span.Start))];
        Assert.Equal(learned.Length, batch.LabelCount);
        Assert.All(labels.Index(), label => Assert.Equal(learned.Contains(label.Index) ? sample.Ids[label.Index] : Batch.Ignored, label.Item));
    }

    [Fact]
    public void Rows_of_messages_are_kept_for_a_template_and_others_are_not()
    {
        string file = folder.Write("rows.jsonl", """{"messages": [{"role": "tool", "content": "x"}, {"role": "assistant", "content": null}], "tools": [{}]}""" + "\n");
        Conversation conversation = Assert.Single(Dataset.Read(file, keepMessages: true).Samples).Conversation!;
        Assert.Equal((2, 1), (conversation.Messages.GetArrayLength(), conversation.Tools!.Value.GetArrayLength()));
        Assert.Contains("it must be system, user or assistant", Assert.Throws<QLoraException>(() => Dataset.Read(file)).Message);
        file = folder.Write("more.jsonl", """{"messages": [{"role": "user", "content": "x"}]}""");
        Assert.Contains("no message of the assistant", Assert.Throws<QLoraException>(() => Dataset.Read(file, keepMessages: true)).Message);
    }

    [Fact]
    public void Text_ends_at_every_token_that_the_checkpoint_names()
    {
        folder.Write("generation_config.json", """{"eos_token_id": [5, 6]}""");
        folder.Write("config.json", """{"eos_token_id": 7}""");
        folder.Write("chat_template.jinja", Plain);
        Tokenizer tokenizer = Tokenizer.Load(folder.Path);
        Assert.Equal([1, 5, 6, 7], StopTokens.Load(folder.Path, tokenizer).Order());
        Assert.Equal([1, 5, 6, 7, 301], StopTokens.Load(folder.Path, tokenizer, ChatTemplate.Load(folder.Path)).Order());
    }

    [SharedFact]
    public void Phi_3_learns_its_answers_and_the_end_token()
    {
        string phi3 = SharedData.Path("tokenizers", "phi3");
        Tokenizer tokenizer = Tokenizer.Load(phi3);
        TokenizedSample sample = SampleEncoder.EncodeAll(tokenizer, Rows(Talk), 512, ChatTemplate.Load(phi3)).Samples[0];
        Assert.Equal(["four", "six"], sample.Learned.Select(span => tokenizer.Decode(sample.Ids.AsSpan(span.Start..span.End))));
        Assert.All(sample.Learned, span => Assert.Equal(32007, sample.Ids[span.End - 1]));
        Assert.Equal(32001, sample.Ids[sample.AnswerFrom - 1]);
    }

    private void Learns(string template, string talk, params string[] parts)
    {
        TokenizedSample sample = Encode(template, talk)!;
        Tokenizer tokenizer = Tokenizer.Load(folder.Path);
        Assert.Equal(parts.Length, sample.Learned.Count);
        Assert.All(parts.Zip(sample.Learned), pair => Assert.Equal(
            tokenizer.EncodeContinuation(pair.First, allowSpecial: true), sample.Ids[pair.Second.Start..pair.Second.End]));
    }

    private TokenizedSample? Encode(string template, string talk, int maxLength = 512)
    {
        folder.Write("chat_template.jinja", template);
        Conversation conversation = Rows(talk).Samples[0].Conversation!;
        return ConversationEncoder.Encode(Tokenizer.Load(folder.Path), ChatTemplate.Load(folder.Path)!, conversation, maxLength, out _);
    }

    private static Dataset Rows(string talk)
    {
        using JsonDocument json = JsonDocument.Parse(talk);
        return new([new("", "") { Conversation = new("rows.jsonl: line 7", json.RootElement.Clone(), null) }], DatasetKind.Instructions);
    }
}
