using System.Buffers.Binary;
using System.Text;
using QLoraGen.Native;
using QLoraGen.Runtime.Tests.Checkpoints;

namespace QLoraGen.Runtime.Tests.Native;

public sealed class ElfVersionNeedsTests
{
    private const string Library = "libstdc++.so.6", Version = "GLIBCXX_3.4.32";

    [Fact]
    public void The_one_need_is_marked_weak_and_no_other_byte_changes()
    {
        (byte[] image, int flags) = Image();
        byte[] marked = [.. image];
        Assert.True(ElfVersionNeeds.MakeWeak(marked, Library, Version));
        Assert.Equal([flags], Enumerable.Range(0, image.Length).Where(i => image[i] != marked[i]));
        Assert.Equal(2, marked[flags]);
    }

    [Theory]
    [InlineData(Library, "GLIBCXX_3.4.33")]
    [InlineData("libm.so.6", Version)]          // a library that is not needed
    [InlineData("libc.so.6", Version)]          // one that is, but not in this version
    public void Without_such_a_need_nothing_changes(string library, string version)
    {
        (byte[] image, _) = Image();
        byte[] same = [.. image];
        Assert.False(ElfVersionNeeds.MakeWeak(same, library, version));
        Assert.Equal(image, same);
    }

    [Theory]
    [InlineData(0)]    // not ELF
    [InlineData(4)]    // 32 bits
    [InlineData(5)]    // big-endian
    public void Other_images_are_left_alone(int at)
    {
        (byte[] image, _) = Image();
        image[at]++;
        Assert.False(ElfVersionNeeds.MakeWeak(image, Library, Version));
        Assert.False(ElfVersionNeeds.MakeWeak(image.AsSpan(0, 10), Library, Version));
    }

    [LinuxFact]
    public void The_library_as_it_is_shipped_has_one_such_need_and_loads_when_it_is_weak()
    {
        string shipped = Directory.EnumerateFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories).First();
        byte[] image = File.ReadAllBytes(shipped), marked = [.. image];
        Assert.True(ElfVersionNeeds.MakeWeak(marked, Library, Version));
        Assert.Single(Enumerable.Range(0, image.Length), i => image[i] != marked[i]);
        Assert.Equal(2, TorchSharp.torch.ones(2).sum().item<float>());
    }

    // A header, two needed libraries with two versions each, their names, and three section headers.
    private static (byte[] Image, int Flags) Image()
    {
        const int Needs = 64, Strings = 192, Sections = 320, SectionSize = 64;
        string[] names = ["", "libc.so.6", "GLIBC_2.14", "GLIBC_2.34", Library, "GLIBCXX_3.4", Version];
        byte[] image = new byte[Sections + 3 * SectionSize];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(image);
        Put(0x28, Sections, 8);
        Put(0x3A, SectionSize, 2);
        Put(0x3C, 3, 2);
        Put(Sections + SectionSize + 0x04, 0x6ffffffe, 4);   // .gnu.version_r ...
        Put(Sections + SectionSize + 0x18, Needs, 8);
        Put(Sections + SectionSize + 0x28, 2, 4);            // ... whose names are in section 2
        Put(Sections + SectionSize + 0x2C, 2, 4);
        Put(Sections + (2 * SectionSize) + 0x18, Strings, 8);
        for (int need = 0; need < 2; need++)
        {
            int at = Needs + (need * 64);
            Put(at, 1, 2);
            Put(at + 2, 2, 2);
            Put(at + 4, NameAt(need * 3 + 1), 4);
            Put(at + 8, 16, 4);
            Put(at + 12, need == 0 ? 64 : 0, 4);
            Put(at + 24, NameAt(need * 3 + 2), 4);
            Put(at + 28, 16, 4);
            Put(at + 40, NameAt(need * 3 + 3), 4);
        }
        Encoding.ASCII.GetBytes(string.Join('\0', names) + '\0').CopyTo(image, Strings);
        return (image, Needs + 64 + 16 + 16 + 4);

        int NameAt(int index) => names.Take(index).Sum(static name => name.Length + 1);

        void Put(int at, long value, int size)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            bytes[..size].CopyTo(image.AsSpan(at));
        }
    }
}
