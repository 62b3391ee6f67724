using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using QLoraGen.Checkpoints;

namespace QLoraGen;

/// <summary>
/// Regions on disk, so that a checkpoint is quantized once. A file is named by the hash of the checkpoint's content, the
/// format and the layout; it carries the hash of its own body, and one that does not match is built again.
/// </summary>
/// <param name="folder">Where the files lie.</param>
public sealed class RegionCache(string folder)
{
    private const int HeaderLength = 4096;   // a page, so that the region is mapped at its own alignment
    private static readonly byte[] Magic = "QLRAREG1"u8.ToArray();

    /// <summary>The folder that the environment asks for: QLORAGEN_CACHE, else the user's cache folder.</summary>
    public static RegionCache Default { get; } = new(
        Environment.GetEnvironmentVariable("QLORAGEN_CACHE") is { Length: > 0 } named
            ? named
            : Path.Combine(
                Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg
                    ? xdg
                    : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
                "qloragen"));

    /// <summary>The cached region, or null where there is none that can be read, or it is damaged.</summary>
    /// <param name="layout">What lies where.</param>
    /// <param name="contentHash">Of the checkpoint.</param>
    /// <param name="notice">Told of a file that is damaged or cannot be read.</param>
    public FrozenRegion? Open(QuantStateLayout layout, string contentHash, Action<string>? notice = null)
    {
        string path = PathOf(layout, contentHash);
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            notice?.Invoke($"The quantized weights of an earlier start cannot be read: {e.Message}");
            return null;
        }
        Span<byte> header = stackalloc byte[Magic.Length + 24];
        if (stream.Length != HeaderLength + layout.Length || stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length
            || !header.StartsWith(Magic) || BinaryPrimitives.ReadInt64LittleEndian(header[8..]) != layout.Length)
        {
            stream.Dispose();
            notice?.Invoke($"{path}: is damaged and is made again.");
            return null;
        }
        FrozenRegion region = FrozenRegion.Map(stream, HeaderLength, layout.Length, writable: false);
        if (region.Hash() == BinaryPrimitives.ReadUInt128LittleEndian(header[16..]))
        {
            return region;
        }
        region.Dispose();
        notice?.Invoke($"{path}: is damaged and is made again.");
        return null;
    }

    /// <summary>Builds the region in its file: written under a temporary name, flushed, then renamed.</summary>
    /// <param name="layout">What lies where.</param>
    /// <param name="contentHash">Of the checkpoint.</param>
    /// <param name="fill">Writes the region.</param>
    /// <exception cref="IOException">The folder cannot be written, the disk is full or a limit on file sizes is hit; nothing is left behind.</exception>
    public FrozenRegion Build(QuantStateLayout layout, string contentHash, Action<FrozenRegion> fill)
    {
        Directory.CreateDirectory(folder);
        string path = PathOf(layout, contentHash), temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            // Space is reserved first: a full disk is an exception here, not a fault while writing to mapped pages.
            using (FileStream stream = FileSizeLimit.Reserve(temporary, HeaderLength + layout.Length))
            {
                using (FrozenRegion building = FrozenRegion.Map(
                    new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete),
                    HeaderLength, layout.Length, writable: true))
                {
                    fill(building);
                    building.Flush();
                    stream.Write(Header(layout.Length, building.Hash()));
                }
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
        return Open(layout, contentHash) ?? throw new IOException($"{path}: was written but does not read back as written.");
    }

    private static byte[] Header(long length, UInt128 hash)
    {
        byte[] header = new byte[HeaderLength];
        Magic.CopyTo(header, 0);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), length);
        BinaryPrimitives.WriteUInt128LittleEndian(header.AsSpan(16), hash);
        return header;
    }

    private string PathOf(QuantStateLayout layout, string contentHash)
    {
        var key = new XxHash128();
        key.Append(Encoding.UTF8.GetBytes($"{contentHash}|{layout.Format}"));
        foreach (LayoutEntry entry in layout.Entries)
        {
            key.Append(Encoding.UTF8.GetBytes($"|{entry.Name}|{entry.DType}|{entry.Format}"));
            key.Append(MemoryMarshal.AsBytes([entry.Slot]));
            key.Append(MemoryMarshal.AsBytes(entry.Tensor.Shape));
        }
        return Path.Combine(folder, $"{Convert.ToHexStringLower(key.GetCurrentHash())}.region");
    }
}
