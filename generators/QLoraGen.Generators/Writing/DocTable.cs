namespace QLoraGen.Generators.Writing;

/// <summary>Tables in XML documentation, which editors show on hover.</summary>
internal static class DocTable
{
    public static void Write(IndentedWriter writer, string caption, IEnumerable<(string Term, string Description)> rows)
    {
        writer.Line($"/// <para>{caption}</para>");
        writer.Line("/// <list type=\"table\">");
        foreach ((string term, string description) in rows)
        {
            writer.Line($"/// <item><term>{Escaped(term)}</term><description>{Escaped(description)}</description></item>");
        }
        writer.Line("/// </list>");
    }

    /// <summary>Text as XML holds it.</summary>
    public static string Escaped(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
