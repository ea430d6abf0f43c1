using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Tests.Unit.RateLimiting;

public sealed class LeaseBookEncodingTests
{
    private static readonly Guid Gateway = Guid.Parse("11111111-2222-3333-4444-555555555555");
    private static readonly LimitSettings Settings = new(20, 2_000, Block: true);

    [Fact]
    public void Release1_IsStillRead()
    {
        var book = LeaseBook.Decode(Convert.FromHexString(ReadGolden()));

        AssertIsTheBook(book);
    }

    [Fact]
    public void Release1_IsStillWritten() =>
        Assert.Equal(ReadGolden(), Convert.ToHexString(MakeBook().Encode()));

    [Fact]
    public void Encoding_OfEveryPart_ReadsBackAsItWas() =>
        AssertIsTheBook(LeaseBook.Decode(MakeBook().Encode()));

    [Fact]
    public void Encoding_OfABlock_Survives()
    {
        var minute = new LimitSettings(2, 0, Block: true);
        var book = new LeaseBook();
        book.Lease(new LeaseRequest(Gateway, Lease(1), 0, [], 0, []), minute, 0);
        foreach (var i in (int[])[1, 2])
        {
            var grant = book.Lease(new LeaseRequest(Gateway, Lease(i), 1, []), minute, 0);
            book.Lease(new LeaseRequest(Gateway, Lease(9), 0, [new LeaseReport(grant.Lease, [0], true)]), minute, 0);
        }

        Assert.True(book.Lease(new LeaseRequest(Gateway, Lease(3), 1, [], 1), minute, 10_000).Blocked);
        var again = LeaseBook.Decode(book.Encode()).Lease(new LeaseRequest(Gateway, Lease(4), 1, [], 1), minute, 20_000);

        Assert.Equal((true, TimeSpan.FromSeconds(50)), (again.Blocked, again.RetryAfter));
    }

    [Fact]
    public void Encoding_OfWhatAGatewayToldOfItself_CountsItOnceAfterAll()
    {
        var alone = new LeaseRequest(Gateway, Lease(1), 0, [], 0, [500, 400, 300], null, UnleasedFirst: 7_000_000_000);
        var book = new LeaseBook();
        book.Lease(alone, Settings, 10_000);

        var again = LeaseBook.Decode(book.Encode());
        again.Lease(alone with { UnleasedAgesMilliseconds = [1_500, 1_400, 1_300, 200] }, Settings, 11_000);

        Assert.Equal(16, Remaining(again, 11_000));
    }

    [Fact]
    public void Encoding_OfAThousandRequests_IsAFewKilobytes()
    {
        var settings = new LimitSettings(1_000, 1_000, Block: true);
        var book = new LeaseBook();
        for (var i = 0; i < 1_000; i++)
        {
            var grant = book.Lease(new LeaseRequest(Gateway, Guid.NewGuid(), 1, []), settings, 1_800_000_000_000 + (i * 55));
            book.Lease(new LeaseRequest(Gateway, Guid.NewGuid(), 0, [new LeaseReport(grant.Lease, [0], true)]), settings, 1_800_000_000_000 + (i * 55));
        }

        Assert.InRange(book.Encode().Length, 2_000, 4_200);
    }

    [Fact]
    public void Decoding_Nothing_IsANewBook() =>
        Assert.Equal(0, LeaseBook.Decode([]).Outstanding);

    [Fact]
    public void Decoding_AnUnknownVersion_SaysSo()
    {
        var failure = Assert.Throws<InvalidDataException>(() => LeaseBook.Decode([9, 1, 2]));

        Assert.Contains("version 9", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decoding_BytesThatEndEarly_IsRefusedAtEveryLength()
    {
        var bytes = MakeBook().Encode();
        for (var length = 1; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => LeaseBook.Decode(bytes.AsSpan(0, length)));
        }
    }

    [Theory]
    [InlineData(1UL << 62, 1UL)]
    [InlineData(0UL, 0x8000_0000UL)]
    public void Decoding_NumbersThatCannotBe_IsRefused(ulong now, ulong used)
    {
        // A book without leases, with one entry of several requests in its first log.
        byte[] bytes = [1, .. Number(now), 0, 0, 0, 0, 1, 3, .. Number(used), 0, 0, 0];

        Assert.Throws<InvalidDataException>(() => LeaseBook.Decode(bytes));
    }

    [Fact]
    public void Decoding_BytesOfALaterMinorRelease_SkipsWhatFollows()
    {
        // No gateway was ever alone, and then something that is not known yet.
        byte[] bytes = [.. MakeBook().Encode(), 0, 1, 2, 3];

        AssertIsTheBook(LeaseBook.Decode(bytes));
    }

    // What release 1 stored of the book below. Never edit the file: stores out there hold such bytes.
    private static string ReadGolden()
    {
        using var stream = typeof(LeaseBookEncodingTests).Assembly.GetManifestResourceStream("lease-book-release-1.hex")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Trim();
    }

    // As the book has them: seven bits a byte, the lowest first.
    private static byte[] Number(ulong value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), .. Number(value >> 7)];

    private static Guid Lease(int number) => new(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 7]);

    // A lease in use, one that nobody reported, requests that a gateway let in by itself, uses of equal and of different times, both kinds of window.
    private static LeaseBook MakeBook()
    {
        const long start = 1_800_000_000_000;
        var book = new LeaseBook();
        book.Lease(new LeaseRequest(Gateway, Lease(2), 4, [], 0, [8_000, 8_000, 8_000]), Settings, start + 18_000);
        book.Lease(new LeaseRequest(Gateway, Lease(3), 2, [new LeaseReport(Lease(2), [500, 500, 100], false)]), Settings, start + 19_000);
        return book;
    }

    private static void AssertIsTheBook(LeaseBook book)
    {
        const long start = 1_800_000_000_000;
        Assert.Equal(3, book.Outstanding);
        Assert.False(book.IsChanged);

        // 3 assumed at 10 s, 2 used at 18.5 s, 1 at 18.9 s, and 3 in leases that count as used at 28 and 29 s.
        Assert.Equal(
            [11, 14, 16, 17, 18, 20],
            ((long[])[19_000, 70_000, 78_500, 78_900, 88_000, 89_000]).Select(at => Remaining(book, start + at)));
    }

    private static int Remaining(LeaseBook book, long now) =>
        book.Lease(new LeaseRequest(Gateway, Lease(8), 0, []), Settings, now).Windows[0].Remaining;
}
