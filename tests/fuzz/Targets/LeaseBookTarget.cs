using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>A limiter's state as the store kept it: a book that is written back as it was read, or refused as damaged.</summary>
internal sealed class LeaseBookTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "lease-book";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => ["\u0001", "\0\0\0", "\u007f", "\u0002\u0004\u0006"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser =>
        ["core/RateLimiting/LeaseBook.Encoding.cs:Decode", "core/RateLimiting/LeaseBook.Encoding.cs:ReadLease", "core/RateLimiting/LeaseBook.Encoding.cs:ReadLog", "core/RateLimiting/CompactReader.cs"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("core/RateLimiting/CompactReader.cs", "if (_rest.Length < count)");

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        try
        {
            var written = LeaseBook.Decode(input).Encode();
            var again = LeaseBook.Decode(written).Encode();
            return written.AsSpan().SequenceEqual(again) ? written.Length : throw new InvalidOperationException("A book is another one when it is read again.");
        }
        catch (InvalidDataException)
        {
            return 0;
        }
    }
}
