using System.Text;

namespace QLoraGen.Generators.Reading;

/// <summary>Property names as checkpoints write them.</summary>
internal static class SnakeCase
{
    /// <summary><c>GateProj</c> is <c>gate_proj</c>; a run of capitals is one word: <c>QKVProj</c> is <c>qkv_proj</c>.</summary>
    public static string From(string pascal)
    {
        var snake = new StringBuilder(pascal.Length + 4);
        for (int i = 0; i < pascal.Length; i++)
        {
            bool startsWord = char.IsUpper(pascal[i]) && i > 0 && pascal[i - 1] != '_'
                && (!char.IsUpper(pascal[i - 1]) || (i + 1 < pascal.Length && char.IsLower(pascal[i + 1])));
            if (startsWord)
            {
                snake.Append('_');
            }
            snake.Append(char.ToLowerInvariant(pascal[i]));
        }
        return snake.ToString();
    }
}
