using System.Runtime.CompilerServices;
using System.Text;

namespace QLoraGen.Templates;

/// <summary>
/// The state of one rendering. Templates come with checkpoints, so that what one can use up is bounded: steps, the length of a text or
/// list, and how deep it nests.
/// </summary>
internal sealed class TemplateRun
{
    /// <summary>The most characters of a text and items of a list.</summary>
    public const int MostLength = 16_000_000;

    private const long MostWork = 50_000_000;

    // Macros within macros: Python's recursion limit lets a few hundred through.
    private const int DeepestCapture = 200;

    // Copying this many characters counts as a step.
    private const int CharactersOfAStep = 16;

    private long work;
    private int captures;

    /// <summary>The line that is being rendered.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>Where text goes.</summary>
    public StringBuilder Output { get; private set; } = new();

    /// <summary>What `generation` blocks have written.</summary>
    public List<(int Start, int End)> Generated { get; } = [];

    /// <summary>Whether what is written now is kept as a value first, so that its place in the text is not known yet.</summary>
    public bool Captures => captures > 0;

    /// <summary>Counts a step.</summary>
    public void Step(int line)
    {
        Line = line;
        Spend(1);
        RequireStack();
    }

    /// <summary>Counts work that grows with a length.</summary>
    public void SpendLength(long length)
    {
        if (length > MostLength)
        {
            throw new TemplateFault($"a value of {length} characters or items is too long; at most {MostLength} are allowed");
        }
        Spend(1 + (length / CharactersOfAStep));
    }

    /// <summary>Writes text.</summary>
    public void Write(string text)
    {
        SpendLength(text.Length);
        if ((long)Output.Length + text.Length > MostLength)
        {
            throw new TemplateFault($"the text grows past {MostLength} characters");
        }
        Output.Append(text);
    }

    /// <summary>What an action writes, as a value.</summary>
    public string Capture(Action write)
    {
        if (captures == DeepestCapture)
        {
            throw new TemplateFault($"macros call each other more than {DeepestCapture} deep");
        }
        StringBuilder outer = Output;
        Output = new();
        captures++;
        try
        {
            write();
            return Output.ToString();
        }
        finally
        {
            Output = outer;
            captures--;
        }
    }

    /// <summary>Ends in an error where the stack is nearly used up.</summary>
    public static void RequireStack(int? line = null)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new TemplateFault("it nests too deep", line);
        }
    }

    private void Spend(long steps)
    {
        work += steps;
        if (work > MostWork)
        {
            throw new TemplateFault($"rendering takes more than {MostWork} steps, so it may never end");
        }
    }
}
