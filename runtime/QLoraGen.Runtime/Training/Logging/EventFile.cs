using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using QLoraGen.Checkpoints;

namespace QLoraGen;

/// <summary>
/// A file of TensorBoard's events: records framed as TFRecord (length, its checksum, the data, its checksum), each an <c>Event</c> of
/// tensorflow/core/util/event.proto with the few fields that scalars need. Each event is handed to the system as it is written, so that whoever looks at
/// the file while it grows sees whole records.
/// </summary>
internal sealed class EventFile : IDisposable
{
    private const string Version = "brain.Event:2";

    // What TFRecord adds to a checksum after turning it, so that one of data that holds checksums is no checksum itself.
    private const uint MaskDelta = 0xA282EAD8;

    private readonly FileStream file;
    private readonly Stream guarded;

    private EventFile(FileStream file) => (this.file, guarded) = (file, FileSizeLimit.Guard(file));

    /// <summary>Begins a new file in a folder, which is made where it does not exist.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static EventFile Create(string folder, DateTimeOffset now)
    {
        Directory.CreateDirectory(folder);
        string name = string.Create(
            CultureInfo.InvariantCulture, $"events.out.tfevents.{now.ToUnixTimeSeconds()}.{Environment.MachineName}.{Environment.ProcessId}");
        for (int number = 0; ; number++)
        {
            string path = Path.Combine(folder, $"{name}.{number}");
            if (!File.Exists(path))
            {
                var events = new EventFile(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0));
                events.Write(Event(now).Text(3, Version));
                return events;
            }
        }
    }

    /// <summary>Appends scalars of one step.</summary>
    public void Write(DateTimeOffset now, int step, IEnumerable<(string Tag, double Value)> scalars)
    {
        var summary = new ProtobufMessage();
        foreach ((string tag, double value) in scalars)
        {
            summary.Message(1, new ProtobufMessage().Text(1, tag).Number(2, (float)value));
        }
        Write(Event(now).Number(2, step).Message(5, summary));
    }

    public void Dispose() => file.Dispose();

    private static ProtobufMessage Event(DateTimeOffset now) => new ProtobufMessage().Number(1, (now - DateTimeOffset.UnixEpoch).TotalSeconds);

    private void Write(ProtobufMessage message)
    {
        ReadOnlySpan<byte> data = message.Bytes;
        byte[] record = new byte[sizeof(ulong) + sizeof(uint) + data.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), MaskedCrc(record.AsSpan(0, 8)));
        data.CopyTo(record.AsSpan(12));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + data.Length), MaskedCrc(data));
        guarded.Write(record);
    }

    private static uint MaskedCrc(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }
        return BitOperations.RotateRight(~crc, 15) + MaskDelta;
    }
}
