using System.Text;
using QLoraGen.Checkpoints;
using QLoraGen.Cli.Reports.Images;

namespace QLoraGen.Cli.Reports;

/// <summary>What is written of a run beside its adapter.</summary>
internal static class ReportFiles
{
    private const string Page = "report.html", Picture = "loss.png";

    /// <summary>Writes the files; what cannot be written is said and gone without, since the adapter is saved already.</summary>
    /// <returns>The page's path; null where it was not written.</returns>
    public static string? Write(string folder, RunReport report, Output output)
    {
        string page = Path.Combine(folder, Page);
        var curves = RunCurves.Of(report);
        try
        {
            AtomicFile.Write(
            [
                (page, stream => stream.Write(Encoding.UTF8.GetBytes(new ReportPage(report, DateTimeOffset.Now).Draw().ToString()))),
                (Path.Combine(folder, Picture), stream => stream.Write(LossImage.Draw([.. curves.Loss.WithTrend(), curves.HeldOut]))),
            ]);
            return page;
        }
        catch (QLoraException e)
        {
            output.Error($"{e.Message} The adapter is saved; the run goes without its report.");
            return null;
        }
    }
}
