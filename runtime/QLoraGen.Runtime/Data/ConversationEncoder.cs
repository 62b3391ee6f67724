using QLoraGen.Templates;
using QLoraGen.Tokenization;

namespace QLoraGen.Data;

/// <summary>
/// A conversation as token ids, of which the assistant's turns are learned. The rendered text is tokenized as one, special tokens
/// allowed and none added, as transformers does it; so a special token that someone wrote into a message counts as one.
/// </summary>
internal static class ConversationEncoder
{
    /// <summary>The ids up to the end of the last turn that is learned, cut at a length; null where nothing is left to learn.</summary>
    public static TokenizedSample? Encode(Tokenizer tokenizer, ChatTemplate template, Conversation conversation, int maxLength, out bool cut)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 2);
        AssistantTurns turns = Find(tokenizer, template, conversation);
        (int[] ids, (int Ended, int Begun)[] places) = tokenizer.EncodeWithPlaces(turns.Text, [.. turns.Spans.SelectMany(static span => new[] { span.Start, span.End })]);
        List<(int Start, int End)> learned = [];
        for (int i = 0; i < turns.Spans.Count; i++)
        {
            // An id that lies across the border belongs to the turn. The first id of all is predicted from nothing.
            (int start, int end) = (Math.Max(1, places[2 * i].Ended), Math.Min(maxLength, places[(2 * i) + 1].Begun));
            if (end > start)
            {
                learned.Add((start, end));
            }
        }
        cut = places.Length > 0 && places[^1].Begun > maxLength;
        return learned.Count == 0 ? null : new(ids[..learned[^1].End], learned[0].Start) { Learned = learned };
    }

    private static AssistantTurns Find(Tokenizer tokenizer, ChatTemplate template, Conversation conversation)
    {
        try
        {
            return AssistantTurns.Find(
                tokenizer, template, [.. conversation.Messages.EnumerateArray().Select(JsonValues.Of)],
                conversation.Tools is { } tools ? JsonValues.Of(tools) : null);
        }
        catch (Exception error) when (error is QLoraException or TemplateFault)
        {
            throw new QLoraException($"{conversation.Where}: {error.Message}", error);
        }
    }
}
