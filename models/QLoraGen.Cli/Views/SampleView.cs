namespace QLoraGen.Cli.Views;

/// <summary>What a model made of a held-out row before training, and makes of it now.</summary>
internal static class SampleView
{
    public static void Show(Output output, SamplePrompt prompt, string before, string after)
    {
        output.Line();
        output.Line(prompt.Text);
        output.Line($"  before: {before}");
        output.Line($"  after:  {after}");
        if (prompt.Wanted is not null)
        {
            output.Line($"  wanted: {prompt.Wanted}");
        }
    }
}
