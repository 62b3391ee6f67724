using System.Text;

namespace QLoraGen.Tokenization;

/// <summary>
/// The most likely way to cut a text into pieces (Kudo, 2018), found by Viterbi's algorithm in one pass. A character that is no piece
/// itself may stand as unknown, at a score 10 below the least likely piece.
/// </summary>
/// <param name="pieces">The pieces.</param>
/// <param name="scoreOf">The logarithm of each piece's probability, given its id and how many UTF-8 bytes it has.</param>
/// <param name="unkScore">The score of an unknown character.</param>
/// <param name="singlePrecision">Whether sums are kept in fp32, as SentencePiece does, which decides between pieces that are all but equal.</param>
internal sealed class UnigramSearch(PieceTrie pieces, Func<int, int, double> scoreOf, double unkScore, bool singlePrecision)
{
    /// <summary>What an unknown character costs more than the least likely piece.</summary>
    public const double UnkPenalty = 10;

    /// <summary>Where each piece of the best way begins and ends, in order, with its id; -1 for an unknown character.</summary>
    public List<(int Start, int End, int Id)> Best(string text)
    {
        double[] score = new double[text.Length + 1];
        (int Start, int Id)[] last = new (int, int)[text.Length + 1];   // the piece that ends here on the best way
        Array.Fill(last, (-1, -1));
        for (int start = 0, length; start < text.Length; start += length)
        {
            length = char.IsHighSurrogate(text[start]) && start + 1 < text.Length ? 2 : 1;
            bool known = false;
            int node = 0, bytes = 0;
            for (int end = start; end < text.Length && pieces.TryStep(ref node, text[end]); end++)
            {
                bytes += Utf8Length(text[end]);
                if (pieces.IdAt(node) is >= 0 and var id)
                {
                    Offer(start, end + 1, id, scoreOf(id, bytes));
                    known |= end + 1 - start == length;
                }
            }
            if (!known)
            {
                Offer(start, start + length, -1, unkScore);
            }
        }
        List<(int Start, int End, int Id)> path = [];
        for (int end = text.Length; end > 0; end = last[end].Start)
        {
            path.Add((last[end].Start, end, last[end].Id));
        }
        path.Reverse();
        return path;

        void Offer(int start, int end, int id, double own)
        {
            double sum = own + score[start];
            if (last[end].Start < 0 || sum > score[end])
            {
                (last[end], score[end]) = ((start, id), singlePrecision ? (float)sum : sum);
            }
        }
    }

    // Each half of a surrogate pair counts for two of the character's four bytes.
    private static int Utf8Length(char c) => char.IsSurrogate(c) ? 2 : new Rune(c).Utf8SequenceLength;
}
