using QLoraGen.Templates;
using QLoraGen.Tokenization;

namespace QLoraGen.Data;

/// <summary>
/// Which parts of a rendered conversation the assistant is to write: each of its turns, from where the generation prompt ends to the
/// token that ends the turn. A template with `generation` blocks says so itself. For any other one a turn is found by what changes in
/// the text when another message stands in its place, so that it does not matter what the template makes of the turn (thinking that it
/// drops from earlier turns, say) as long as what stands around it stays.
/// </summary>
/// <param name="Text">The rendered conversation.</param>
/// <param name="Spans">Start and end of each part, in order.</param>
internal sealed record AssistantTurns(string Text, IReadOnlyList<(int Start, int End)> Spans)
{
    // Two contents that share neither their first nor their last character.
    private const string One = "Aq7zL", Other = "Bx3wM";

    public static AssistantTurns Find(Tokenizer tokenizer, ChatTemplate template, IReadOnlyList<object?> messages, object? tools)
    {
        Rendering whole = template.Render(messages, addGenerationPrompt: false, tools);
        if (template.MarksGeneration(tools))
        {
            return new(whole.Text, whole.Generated);
        }
        List<(int Start, int End)> spans = [];
        for (int i = 0; i < messages.Count; i++)
        {
            if (messages[i] is TemplateDict message && message.TryGet("role", out object? role) && role is "assistant")
            {
                spans.Add(Span(tokenizer, template, messages, tools, i, whole.Text));
            }
        }
        return new(whole.Text, spans);
    }

    /// <summary>The token that ends the assistant's turns, or null where the template has none.</summary>
    public static int? EndOfTurn(Tokenizer tokenizer, ChatTemplate template)
    {
        TemplateDict user = new();
        user.Set("role", "user");
        user.Set("content", One);
        return After(template.Render([user, Assistant(Other)], addGenerationPrompt: false, tools: null).Text, Other) is { } tail
            ? tokenizer.FirstSpecial(tail)?.Id
            : null;
    }

    private static (int Start, int End) Span(
        Tokenizer tokenizer, ChatTemplate template, IReadOnlyList<object?> messages, object? tools, int turn, string whole)
    {
        string one = template.Render(With(messages, turn, One), addGenerationPrompt: false, tools).Text;
        string other = template.Render(With(messages, turn, Other), addGenerationPrompt: false, tools).Text;
        int before = one.AsSpan().CommonPrefixLength(other);
        int after = CommonSuffix(one, other);
        if (before + One.Length + after != one.Length || before + Other.Length + after != other.Length)
        {
            throw Undecided(turn); // The message stands in the text more than once, or not as it is.
        }
        string? prompt = Prompt(template, messages, tools, turn);
        int start = prompt is not null && whole.StartsWith(prompt, StringComparison.Ordinal) ? prompt.Length
            : whole.AsSpan().StartsWith(one.AsSpan(0, before)) ? before
            : throw Undecided(turn);
        int end = whole.AsSpan().EndsWith(one.AsSpan(one.Length - after)) ? whole.Length - after : throw Undecided(turn);
        // As the last turn it ends in the token that the model is to end it with.
        string last = template.Render(With([.. messages.Take(turn + 1)], turn, One), addGenerationPrompt: false, tools).Text;
        string tail = After(last, One) ?? throw Undecided(turn);
        int ending = tokenizer.FirstSpecial(tail)?.End ?? 0;
        return end >= start && whole.AsSpan(end).StartsWith(tail.AsSpan(0, ending)) ? (start, end + ending) : throw Undecided(turn);
    }

    /// <summary>What the model is given before a turn; null where the template cannot render so little.</summary>
    private static string? Prompt(ChatTemplate template, IReadOnlyList<object?> messages, object? tools, int turn)
    {
        try
        {
            return template.Render([.. messages.Take(turn)], addGenerationPrompt: true, tools).Text;
        }
        catch (QLoraException)
        {
            return null; // The turn is found by what stands around it.
        }
    }

    private static List<object?> With(IReadOnlyList<object?> messages, int turn, string content)
    {
        List<object?> changed = [.. messages];
        changed[turn] = Assistant(content);
        return changed;
    }

    private static TemplateDict Assistant(string content)
    {
        TemplateDict message = new();
        message.Set("role", "assistant");
        message.Set("content", content);
        return message;
    }

    private static string? After(string text, string content) =>
        text.LastIndexOf(content, StringComparison.Ordinal) is >= 0 and var at ? text[(at + content.Length)..] : null;

    private static int CommonSuffix(string one, string other)
    {
        int length = 0;
        while (length < Math.Min(one.Length, other.Length) && one[^(length + 1)] == other[^(length + 1)])
        {
            length++;
        }
        return length;
    }

    private static QLoraException Undecided(int turn) => new($"the chat template renders what stands around messages[{turn}] in another way "
        + "when that message is another one, so that it cannot be told which part of the text the assistant writes; use a template "
        + "that marks it by {% generation %} and {% endgeneration %}, or give prompt and completion as plain text.");
}
