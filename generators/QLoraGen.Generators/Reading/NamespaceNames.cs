using System.Text.RegularExpressions;
using QLoraGen.Generators.Writing;

namespace QLoraGen.Generators.Reading;

/// <summary>Namespaces out of build properties, which may be file names.</summary>
internal static class NamespaceNames
{
    /// <summary><c>my-app.2nd</c> is <c>my_app._2nd</c>, as <c>dotnet new</c> names a project's namespace.</summary>
    public static string Valid(string name) => string.Join(".", name.Split('.').Select(static part =>
    {
        string word = Regex.Replace(part, @"[^\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]", "_");
        return CSharp.Identifier(Regex.IsMatch(word, @"^[\p{L}\p{Nl}_]") ? word : $"_{word}");
    }));
}
