using System.Globalization;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using QLoraGen.Cli.Tests.Reports.Images;
using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests.Reports;

/// <summary>The page that a run leaves behind, read as XML, which it is written to be as well.</summary>
public sealed class ReportTests : IDisposable
{
    private const string Script = "<script>alert(\"Tim\" & 'toy')</script>";
    private readonly Qlora qlora = new();

    public void Dispose() => qlora.Dispose();

    [SharedFact]
    public void It_says_what_the_result_says()
    {
        JsonElement result = qlora.Run(Finetune("adapter", "--steps", "60", "--eval-steps", "20")).Json;

        Assert.Equal(qlora.File("adapter", "report.html"), result.GetProperty("report").GetString());
        XElement page = Read("adapter");
        string text = page.Value;
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{Number("loss_before"):F3} → {Number("loss_after"):F3}"), text);
        Assert.Contains($"{Number("trainable_parameters"):N0}", text);
        Assert.Contains("60 logged steps", text);
        var picture = new PngPicture(File.ReadAllBytes(qlora.File("adapter", "loss.png")));
        Assert.Equal((960, 480), (picture.Width, picture.Height));
        Assert.Equal(["training loss", "training loss, smoothed", "held-out loss"], Charts(page)[0].Elements("ul").Elements("li").Select(static item => item.Value));
        // Held out: before the first step, after 20 and 40, and at the end.
        Assert.Equal(
            [0, 20, 40, 60],
            Charts(page)[0].Descendants("circle").Select(static circle => int.Parse(circle.Value["step ".Length..circle.Value.IndexOf(':')])));

        double Number(string name) => result.GetProperty(name).GetDouble();
    }

    [SharedFact]
    public void It_shows_memory_data_and_samples()
    {
        qlora.Run(Finetune("adapter", "--steps", "2", "--r", "2")).Succeeded();

        XElement page = Read("adapter");
        long planned = Bytes("frozen weights") + Bytes("adapters") + Bytes("gradients") + Bytes("optimizer state")
            + Bytes("activations") + Bytes("the process itself");
        Assert.Equal(92_480 / 8 * 4, Bytes("adapters"));
        Assert.Equal(planned, Bytes("planned, resident"));
        Assert.Equal(Bytes("resident at peak") - planned, Bytes("at peak beyond the plan"));
        Assert.InRange(Bytes("resident before training"), 1, Bytes("resident at peak"));
        Assert.InRange(planned, Bytes("resident at peak") / 2, 2 * Bytes("resident at peak"));
        Assert.Equal("4", Row(page, "trained on")[0]);
        Assert.Equal("1", Row(page, "held out")[0]);
        XElement sample = Assert.Single(page.Descendants("article"));
        Assert.Equal("Tim likes the toy.", sample.Element("pre")!.Value);
        Assert.Equal(["base", "with the adapter", "wanted"], sample.Descendants("dt").Select(static name => name.Value));
        Assert.Contains("The toy is big.", sample.Descendants("pre").Last().Value);

        long Bytes(string name) => long.Parse(Row(page, name)[0], NumberStyles.Number, CultureInfo.InvariantCulture);
    }

    [SharedFact]
    public void What_comes_from_data_is_text_and_nothing_is_fetched_or_run()
    {
        string rows = JsonSerializer.Serialize(new { prompt = Script, completion = Script });
        string data = qlora.Write("<b>.jsonl", $"{rows}\n{rows}\n");
        qlora.Run("finetune", "--model", Stories.Folder, "--data", data, "--steps", "1", "--out", qlora.File("adapter")).Succeeded();

        XElement page = Read("adapter");
        Assert.Contains(Script, page.Descendants("article").Single().Value);
        Assert.Contains(data, page.Value);
        Assert.DoesNotContain(page.Descendants(), static element => element.Name.LocalName is "script" or "b" or "img" or "link");
        Assert.DoesNotContain(page.Descendants().Attributes(), static attribute => attribute.Name.LocalName is "src" or "href" or "onload");
        Assert.DoesNotContain("http", File.ReadAllText(qlora.File("adapter", "report.html")).Replace("http-equiv", ""));
        Assert.Contains(page.Descendants("meta"), static meta => meta.Attribute("content")?.Value.StartsWith("default-src 'none'") == true);
    }

    [UnixSharedFact]
    public void Of_a_run_that_was_gone_on_with_it_shows_all_steps()
    {
        string[] stopped = Finetune("adapter", "--steps", "400", "--save-steps", "5");
        int done = qlora.Run(new Circumstances(Signal: "INT", After: "step 1/"), stopped).Json.GetProperty("steps").GetInt32();
        XElement first = Read("adapter");
        Assert.Contains($"stopped by hand after {done} of 400 steps", first.Value);
        Assert.Equal(["base", "wanted"], first.Descendants("article").First().Descendants("dt").Select(static name => name.Value));

        qlora.Run([.. stopped, "--resume"]).Succeeded();
        XElement second = Read("adapter");
        Assert.Contains("400 logged steps", second.Value);
        Assert.Contains($"the first {done} steps of an earlier start", second.Value);
        Assert.Contains($"{400 - done} steps after the {done} that were done before", second.Value);
    }

    [SharedFact]
    public void Events_for_TensorBoard_are_written_where_they_are_asked_for()
    {
        qlora.Run(Finetune("silent", "--steps", "1")).Succeeded();
        Assert.False(Directory.Exists(qlora.File("silent", "runs")));
        qlora.Run(Finetune("told", "--steps", "1", "--report-to", "tensorboard")).Succeeded();
        string run = Assert.Single(Directory.GetDirectories(qlora.File("told", "runs")));
        Assert.StartsWith("events.out.tfevents.", Path.GetFileName(Assert.Single(Directory.GetFiles(run))));
        qlora.Run(Finetune("told", "--steps", "1", "--report-to", "tensorboard", "--logging-dir", qlora.File("logs"))).Succeeded();
        Assert.Contains("train/grad_norm", File.ReadAllText(Assert.Single(Directory.GetFiles(qlora.File("logs")))));
        qlora.Run(Finetune("told", "--logging-dir", qlora.File("logs"))).Refuses("--logging-dir", "--report-to tensorboard");
    }

    private static string[] Row(XElement page, string name) =>
        [.. page.Descendants("tr").Single(row => row.Element("th")?.Value == name).Elements("td").Select(static cell => cell.Value)];

    private static XElement[] Charts(XElement page) => [.. page.Descendants("figure")];

    private string[] Finetune(string adapter, params string[] more) =>
    [
        "finetune", "--model", Stories.Folder, "--data", Stories.Train(qlora), "--held-out-data", Stories.Measured(qlora),
        "--out", qlora.File(adapter), "--json", .. more,
    ];

    private XElement Read(string adapter)
    {
        using var reader = XmlReader.Create(
            qlora.File(adapter, "report.html"), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XElement.Load(reader, LoadOptions.PreserveWhitespace);
    }
}
