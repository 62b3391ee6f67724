using System.Text;

namespace QLoraGen;

/// <summary>
/// PEFT's regular expressions are Python's, matched by re.fullmatch: this writes one as .NET reads it, so that it means the same
/// layers, and refuses what Python does not know.
/// </summary>
internal static class PythonPattern
{
    /// <returns>Null where the two languages differ in a way that is not carried over.</returns>
    public static string? ToDotNet(string pattern)
    {
        StringBuilder net = new(pattern.Length);
        bool inSet = false;
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                char escaped = pattern[++i];
                if (IsForeignEscape(escaped))
                {
                    return null;
                }
                net.Append(escaped == 'Z' && !inSet ? @"\z" : $"\\{escaped}");
            }
            else if (inSet)
            {
                net.Append(c == '[' ? @"\[" : c.ToString());   // .NET would take [a-z-[aeiou]] for a difference of sets
                inSet = c != ']';
            }
            else if (c == '[')
            {
                inSet = true;
                net.Append(c);
                // A bracket or a caret right behind the opening one belongs to the set.
                for (bool first = true; i + 1 < pattern.Length && ((pattern[i + 1] == '^' && first) || pattern[i + 1] == ']'); first = false)
                {
                    bool closing = pattern[++i] == ']';
                    net.Append(closing ? @"\]" : "^");
                    if (closing)
                    {
                        break;
                    }
                }
            }
            else if (c == '(' && At(pattern, i, "(?"))
            {
                string? group = Group(pattern, ref i);
                if (group is null)
                {
                    return null;
                }
                net.Append(group);
            }
            else if (At(pattern, i, "{,"))
            {
                net.Append("{0");   // at most so many: {,3}
            }
            else
            {
                net.Append(c);
            }
        }
        return net.ToString();
    }

    // What stands behind an opening parenthesis; i is left on its last character.
    private static string? Group(string pattern, ref int i)
    {
        if (At(pattern, i, "(?P<"))
        {
            i += 3;
            return "(?<";
        }
        if (At(pattern, i, "(?P="))
        {
            int end = pattern.IndexOf(')', i);
            string name = end < 0 ? "" : pattern.Substring(i + 4, end - i - 4);
            i = end;
            return end < 0 ? null : $@"\k<{name}>";
        }
        // Named as .NET does it, a balancing group, or a name in quotes: Python has none of these.
        return (At(pattern, i, "(?<") && !At(pattern, i, "(?<=") && !At(pattern, i, "(?<!")) || At(pattern, i, "(?'") || At(pattern, i, "(?P") ? null : "(";
    }

    // Letters that Python does not know as an escape, and .NET does (or gives another meaning).
    private static bool IsForeignEscape(char escaped) => escaped is 'p' or 'P' or 'k' or 'K' or 'c' or 'C' or 'e' or 'E' or 'G' or 'Q' or 'R' or 'X' or 'z';

    private static bool At(string pattern, int i, string text) => string.CompareOrdinal(pattern, i, text, 0, text.Length) == 0;
}
