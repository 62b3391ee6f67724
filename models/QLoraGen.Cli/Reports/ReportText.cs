using System.Globalization;

namespace QLoraGen.Cli.Reports;

/// <summary>Sizes and times as people read them.</summary>
internal static class ReportText
{
    /// <summary>A size in the unit, of 1000s, that leaves few digits.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes} B",
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:F1} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F1} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:F2} GB"),
    };

    /// <summary>A time in its two largest units.</summary>
    public static string Time(TimeSpan time) => time.TotalHours >= 1 ? $"{(int)time.TotalHours} h {time.Minutes:D2} min"
        : time.TotalMinutes >= 1 ? $"{time.Minutes} min {time.Seconds:D2} s"
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1} s");
}
