namespace QLoraGen.Data;

/// <summary>What the rows of a dataset are.</summary>
public enum DatasetKind
{
    /// <summary>Plain texts, each on its own: all of it is learned.</summary>
    Texts,

    /// <summary>Prompts with completions: only the completions are learned.</summary>
    Instructions,

    /// <summary>One long text, to be cut into consecutive blocks.</summary>
    Document,
}
