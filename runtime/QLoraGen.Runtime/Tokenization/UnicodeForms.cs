using System.IO.Compression;
using System.Text;

namespace QLoraGen.Tokenization;

/// <summary>
/// Unicode's normalization forms (UAX #15): decompose, order the combining marks, and compose again for the C forms. Own code because
/// .NET's <see cref="string.Normalize()"/> leaves every text as it is where an application runs in globalization-invariant mode, as
/// ours do.
/// </summary>
internal static partial class UnicodeForms
{
    private const int HangulS = 0xAC00, HangulL = 0x1100, HangulV = 0x1161, HangulT = 0x11A7, CountL = 19, CountV = 21, CountT = 28;

    private static readonly Dictionary<int, (int First, int Second)> Decompositions = [];
    private static readonly Dictionary<(int First, int Second), int> Compositions = [];
    private static readonly Dictionary<int, int> Classes = [];
    private static readonly Lazy<Dictionary<int, int[]>> Compatibles = new(ReadCompatible);

    static UnicodeForms()
    {
        using BinaryReader reader = Unpack(Canonical);
        (int code, int first, int second) = (0, 0, 0);
        for (int left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            int step = reader.Read7BitEncodedInt();
            code += step >> 1;
            first += ZigZag(reader.Read7BitEncodedInt());
            second += ZigZag(reader.Read7BitEncodedInt());
            Decompositions[code] = (first, second);
            if ((step & 1) != 0)
            {
                Compositions[(first, second)] = code;
            }
        }
        int start = 0;
        for (int left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            start += reader.Read7BitEncodedInt();
            int length = reader.Read7BitEncodedInt();
            int value = reader.Read7BitEncodedInt();
            for (int i = 0; i < length; i++)
            {
                Classes[start + i] = value;
            }
        }
    }

    /// <summary>A text without unpaired surrogates in one of the forms.</summary>
    public static string Apply(string text, NormalizationForm form)
    {
        bool compatible = form is NormalizationForm.FormKC or NormalizationForm.FormKD;
        bool composed = form is NormalizationForm.FormC or NormalizationForm.FormKC;
        // Nothing below these takes part but as a base.
        char last = compatible ? '\u009F' : composed ? '\u02FF' : '\u00BF';
        if (!text.AsSpan().ContainsAnyExceptInRange('\0', last))
        {
            return text;
        }
        List<int> codes = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, codes, compatible);
        }
        Order(codes);
        StringBuilder result = new(text.Length);
        foreach (int code in composed ? Compose(codes) : codes)
        {
            result.Append(new Rune(code).ToString());
        }
        return result.ToString();
    }

    private static void Decompose(int code, List<int> codes, bool compatible)
    {
        int syllable = code - HangulS;
        if (syllable is >= 0 and < CountL * CountV * CountT)
        {
            codes.Add(HangulL + (syllable / (CountV * CountT)));
            codes.Add(HangulV + (syllable % (CountV * CountT) / CountT));
            if (syllable % CountT != 0)
            {
                codes.Add(HangulT + (syllable % CountT));
            }
        }
        else if (Decompositions.TryGetValue(code, out (int First, int Second) parts))
        {
            Decompose(parts.First, codes, compatible);
            if (parts.Second != 0)
            {
                Decompose(parts.Second, codes, compatible);
            }
        }
        else if (compatible && Compatibles.Value.TryGetValue(code, out int[]? sequence))
        {
            Array.ForEach(sequence, part => Decompose(part, codes, compatible));
        }
        else
        {
            codes.Add(code);
        }
    }

    /// <summary>Sorts each run of combining marks by class, keeping the order of equals.</summary>
    private static void Order(List<int> codes)
    {
        for (int start = 0; start < codes.Count; start++)
        {
            int end = start;
            while (end < codes.Count && Class(codes[end]) != 0)
            {
                end++;
            }
            if (end - start > 1)
            {
                int[] sorted = [.. codes[start..end].OrderBy(Class)];
                for (int i = 0; i < sorted.Length; i++)
                {
                    codes[start + i] = sorted[i];
                }
            }
            start = end;
        }
    }

    private static List<int> Compose(List<int> codes)
    {
        List<int> result = new(codes.Count);
        (int starter, int lastClass) = (-1, 0);
        foreach (int code in codes)
        {
            int own = Class(code);
            bool adjacent = starter == result.Count - 1;
            // A mark is blocked from its starter by one between them that is a starter or of its own class or above.
            if (starter >= 0 && (adjacent || lastClass < own) && Pair(result[starter], code) is { } composed)
            {
                result[starter] = composed;
                continue;
            }
            result.Add(code);
            (starter, lastClass) = own == 0 ? (result.Count - 1, 0) : (starter, own);
        }
        return result;
    }

    private static int? Pair(int first, int second)
    {
        if (first is >= HangulL and < HangulL + CountL && second is >= HangulV and < HangulV + CountV)
        {
            return HangulS + ((((first - HangulL) * CountV) + second - HangulV) * CountT);
        }
        bool open = first is >= HangulS and < HangulS + (CountL * CountV * CountT) && (first - HangulS) % CountT == 0;
        if (open && second is > HangulT and < HangulT + CountT)
        {
            return first + second - HangulT;
        }
        return Compositions.TryGetValue((first, second), out int composed) ? composed : null;
    }

    private static int Class(int code) => Classes.GetValueOrDefault(code);

    private static Dictionary<int, int[]> ReadCompatible()
    {
        using BinaryReader reader = Unpack(Compatible);
        Dictionary<int, int[]> sequences = [];
        (int code, int part) = (0, 0);
        for (int left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            code += reader.Read7BitEncodedInt();
            int[] sequence = new int[reader.Read7BitEncodedInt()];
            for (int i = 0; i < sequence.Length; i++)
            {
                sequence[i] = part += ZigZag(reader.Read7BitEncodedInt());
            }
            sequences[code] = sequence;
        }
        return sequences;
    }

    private static BinaryReader Unpack(string data)
    {
        MemoryStream bytes = new();
        using (ZLibStream zlib = new(new MemoryStream(Convert.FromBase64String(data)), CompressionMode.Decompress))
        {
            zlib.CopyTo(bytes);
        }
        bytes.Position = 0;
        return new(bytes);
    }

    private static int ZigZag(int value) => (value >> 1) ^ -(value & 1);
}
