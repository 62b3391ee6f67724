using System.Text;

namespace QLoraGen.Generators.Writing;

/// <summary>Lines of source, indented by the block they stand in.</summary>
internal sealed class IndentedWriter
{
    private readonly StringBuilder text = new();
    private int depth;

    public void Line(string line = "")
    {
        if (line.Length > 0)
        {
            text.Append(' ', depth * 4).Append(line);
        }
        text.Append('\n');
    }

    /// <summary>A head line, then braces around what is written.</summary>
    public void Block(string head, Action body, string end = "}")
    {
        Line(head);
        Line("{");
        depth++;
        body();
        depth--;
        Line(end);
    }

    public override string ToString() => text.ToString();
}
