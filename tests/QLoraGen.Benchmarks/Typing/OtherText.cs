using System.Globalization;

namespace QLoraGen.Benchmarks.Typing;

/// <summary>A file of the same project that has nothing to do with models.</summary>
internal static class OtherText
{
    private const string Template = """
        using System.Text;

        namespace PROJECT.Services;

        public interface IServiceN
        {
            IReadOnlyDictionary<string, int> Count(IEnumerable<string> lines);
        }

        public sealed record OptionsN(string Name, int Limit = 100);

        public sealed class ServiceN(OptionsN options) : IServiceN
        {
            private readonly Dictionary<string, int> counts = new(StringComparer.OrdinalIgnoreCase);

            public int Total { get; private set; }

            public IReadOnlyDictionary<string, int> Count(IEnumerable<string> lines)
            {
                int seen = 0;
                foreach (string word in lines.SelectMany(line => line.Split(' ')).Where(word => word.Length > 0))
                {
                    counts[word] = counts.TryGetValue(word, out int known) ? known + 1 : 1;
                    if (++seen >= options.Limit)
                    {
                        break;
                    }
                }
                Total += seen;
                return counts;
            }

            public override string ToString()
            {
                var text = new StringBuilder(options.Name);
                foreach ((string word, int count) in counts.OrderByDescending(pair => pair.Value))
                {
                    text.Append(word).Append(": ").Append(count).AppendLine();
                }
                return text.ToString();
            }
        }
        """;

    public static string Source(string project, int i) => Template
        .Replace("PROJECT", project, StringComparison.Ordinal)
        .Replace("OptionsN", $"Options{i.ToString(CultureInfo.InvariantCulture)}", StringComparison.Ordinal)
        .Replace("ServiceN", $"Service{i.ToString(CultureInfo.InvariantCulture)}", StringComparison.Ordinal);
}
