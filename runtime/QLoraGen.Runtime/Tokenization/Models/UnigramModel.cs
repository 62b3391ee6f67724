using System.Text;
using System.Text.Json;

namespace QLoraGen.Tokenization;

/// <summary>The model Unigram of a `tokenizer.json`: `vocab` is an array of pieces with their scores, whose index is the id.</summary>
internal sealed class UnigramModel : TokenModel
{
    private readonly List<string> texts = [];
    private readonly Dictionary<string, int> ids = [];
    private readonly UnigramSearch search;
    private readonly int? unk;
    private readonly int[]? idOfByte;
    private readonly WordCache cache = new();
    private readonly JsonField field;

    public UnigramModel(JsonField model)
    {
        field = model;
        List<double> scores = [];
        PieceTrie pieces = new();
        foreach (JsonField entry in model["vocab"].Items())
        {
            JsonField[] pair = [.. entry.Items()];
            if (pair.Length != 2)
            {
                throw entry.Error("must be a piece and its score");
            }
            string text = pair[0].AsString();
            scores.Add(Score(pair[1]));
            pieces.Add(text, texts.Count);
            ids[text] = texts.Count;
            texts.Add(text);
        }
        if (texts.Count == 0)
        {
            throw model["vocab"].Error("is empty; download the file again");
        }
        unk = model["unk_id"] is { Exists: true } given ? given.AsId() : null;
        if (unk >= texts.Count)
        {
            throw model["unk_id"].Error($"is {unk}, but the vocabulary has {texts.Count} pieces");
        }
        if (model["byte_fallback"].AsBool(missing: false))
        {
            int[] bytes = [.. Enumerable.Range(0, 256).Select(value => Find($"<0x{value:X2}>") ?? -1)];
            idOfByte = bytes;
        }
        search = new(pieces, (id, _) => scores[id], scores.Min() - UnigramSearch.UnkPenalty, singlePrecision: false);
    }

    public override int LastId => texts.Count - 1;

    public override int? Find(string token) => ids.TryGetValue(token, out int id) ? id : null;

    public override string? Text(int id) => id < texts.Count ? texts[id] : null;

    public override void Encode(string word, List<int> into)
    {
        if (cache.TryAppend(word, into))
        {
            return;
        }
        int first = into.Count;
        int unknownFrom = -1;
        foreach ((int start, int end, int id) in search.Best(word))
        {
            // A piece that is the unknown token itself counts as unknown.
            bool unknown = id < 0 || id == unk;
            if (!unknown && unknownFrom >= 0)
            {
                AddUnknown(word.AsSpan(unknownFrom, start - unknownFrom), into);
            }
            unknownFrom = !unknown ? -1 : unknownFrom >= 0 ? unknownFrom : start;
            if (!unknown)
            {
                into.Add(id);
            }
        }
        if (unknownFrom >= 0)
        {
            AddUnknown(word.AsSpan(unknownFrom), into);
        }
        cache.Keep(word, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(into)[first..]);
    }

    /// <summary>Neighbours that are unknown are one: their bytes where the vocabulary has all of them, else one unknown token.</summary>
    private void AddUnknown(ReadOnlySpan<char> run, List<int> into)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(run.ToString());
        if (idOfByte is not null && !Array.Exists(utf8, value => idOfByte[value] < 0))
        {
            into.AddRange(utf8.Select(value => idOfByte[value]));
            return;
        }
        into.Add(unk ?? throw field["unk_id"].Error("is missing, and the text has a character that is in no piece; set it"));
    }

    private static double Score(JsonField field) =>
        field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetDouble(out double score) && double.IsFinite(score)
            ? score
            : throw field.Error("must be a number");
}
