namespace QLoraGen.Tokenization;

/// <summary>Finds all pieces that a text begins with, shortest first.</summary>
internal sealed class PieceTrie
{
    private readonly Dictionary<long, int> children = [];   // node and character to node
    private readonly List<int> ids = [-1];                  // the piece that ends at each node, or -1

    /// <summary>Adds a piece; of two that are alike the last counts.</summary>
    public void Add(string piece, int id)
    {
        int node = 0;
        foreach (char c in piece)
        {
            long edge = Edge(node, c);
            if (!children.TryGetValue(edge, out int child))
            {
                child = ids.Count;
                ids.Add(-1);
                children.Add(edge, child);
            }
            node = child;
        }
        ids[node] = node == 0 ? -1 : id;
    }

    /// <summary>Walks down by one character from a node, 0 at first; false where no piece goes on like this.</summary>
    public bool TryStep(ref int node, char c) => children.TryGetValue(Edge(node, c), out node);

    /// <summary>The piece that ends at a node, or -1.</summary>
    public int IdAt(int node) => ids[node];

    /// <summary>The length of the longest piece that the text begins with, or 0.</summary>
    public int Longest(ReadOnlySpan<char> text)
    {
        (int node, int longest) = (0, 0);
        for (int i = 0; i < text.Length && TryStep(ref node, text[i]); i++)
        {
            longest = ids[node] >= 0 ? i + 1 : longest;
        }
        return longest;
    }

    private static long Edge(int node, char c) => ((long)node << 16) | c;
}
