namespace QLoraGen.Tokenization;

/// <summary>
/// The merging of a SentencePiece BPE model: of all neighbours that join to a piece, those with the highest score are merged first, the
/// leftmost first among equals. User-defined pieces are never merged; unused ones are taken apart again at the end.
/// </summary>
internal sealed class SentencePieceBpe
{
    private readonly SentencePieceModel model;
    private readonly PieceTrie userDefined;
    private readonly Dictionary<string, int> ids = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> spans;
    private readonly int longest;

    public SentencePieceBpe(SentencePieceModel model, PieceTrie userDefined)
    {
        (this.model, this.userDefined) = (model, userDefined);
        for (int id = 0; id < model.Pieces.Count; id++)
        {
            (string text, _, PieceType type) = model.Pieces[id];
            if (text.Length > 0 && type is PieceType.Normal or PieceType.UserDefined or PieceType.Unused)
            {
                ids.TryAdd(text, id);
                longest = Math.Max(longest, text.Length);
                CrossesSpaces |= text.AsSpan().TrimStart(TextSpace.Char).Contains(TextSpace.Char);
            }
        }
        // Where a ▁ may be unknown, so may be a run that it is part of.
        CrossesSpaces |= model.ByteIds is null && !ids.ContainsKey(TextSpace.Char.ToString());
        spans = ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Whether pieces may have a ▁ after another character. If none has, every ▁ after another character begins a word.</summary>
    public bool CrossesSpaces { get; }

    /// <summary>Where each piece of a normalized text begins and ends, with its id; -1 for an unknown character.</summary>
    public List<(int Start, int End, int Id)> Merge(string text)
    {
        List<Symbol> symbols = Symbols(text);
        PriorityQueue<(int Left, int Right, int Length), (float MinusScore, int Left)> queue = new();
        Dictionary<string, int> unused = [];   // an unused piece to the length of its left part
        for (int i = 1; i < symbols.Count; i++)
        {
            Offer(i - 1, i);
        }
        while (queue.TryDequeue(out (int Left, int Right, int Length) pair, out _))
        {
            (Symbol left, Symbol right) = (symbols[pair.Left], symbols[pair.Right]);
            if (left.Length == 0 || right.Length == 0 || left.Length + right.Length != pair.Length)
            {
                continue; // One of the sides was merged since.
            }
            symbols[pair.Left] = left with { Length = pair.Length, Next = right.Next };
            symbols[pair.Right] = right with { Length = 0 };
            if (right.Next < symbols.Count)
            {
                symbols[right.Next] = symbols[right.Next] with { Previous = pair.Left };
            }
            Offer(left.Previous, pair.Left);
            Offer(pair.Left, right.Next);
        }
        List<(int Start, int End, int Id)> pieces = [];
        for (int i = 0; i < symbols.Count; i = symbols[i].Next)
        {
            Add(symbols[i].Start, symbols[i].Length);
        }
        return pieces;

        void Offer(int left, int right)
        {
            if (left < 0 || right >= symbols.Count || symbols[left].Frozen || symbols[right].Frozen
                || symbols[left].Length + symbols[right].Length > longest)
            {
                return;
            }
            int length = symbols[left].Length + symbols[right].Length;
            if (spans.TryGetValue(text.AsSpan(symbols[left].Start, length), out string? piece, out int id))
            {
                queue.Enqueue((left, right, length), (-model.Pieces[id].Score, left));
                if (model.Pieces[id].Type == PieceType.Unused)
                {
                    unused[piece] = symbols[left].Length;
                }
            }
        }

        void Add(int start, int length)
        {
            if (!spans.TryGetValue(text.AsSpan(start, length), out string? piece, out int id))
            {
                pieces.Add((start, start + length, -1));
            }
            else if (model.Pieces[id].Type == PieceType.Unused && unused.TryGetValue(piece, out int left))
            {
                Add(start, left);
                Add(start + left, length - left);
            }
            else
            {
                pieces.Add((start, start + length, id));
            }
        }
    }

    private List<Symbol> Symbols(string text)
    {
        List<Symbol> symbols = new(text.Length);
        for (int at = 0; at < text.Length;)
        {
            int whole = userDefined.Longest(text.AsSpan(at));
            int length = whole > 0 ? whole : char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
            symbols.Add(new(at, length, symbols.Count - 1, symbols.Count + 1, whole > 0));
            at += length;
        }
        return symbols;
    }

    private readonly record struct Symbol(int Start, int Length, int Previous, int Next, bool Frozen);
}
