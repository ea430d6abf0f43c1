using System.Text;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>What a stranger sends as a key.</summary>
internal sealed class ApiKeyTarget : FuzzTarget
{
    public override string Name => "api-key";

    public override IReadOnlyList<string> Words => ["sk-pc-", "Bearer ", "-", "ſ", "K"];

    public override IReadOnlyList<string> Parser =>
    [
        "core/Security/ApiKeyFormat.cs:IsWellFormed", "core/Security/ApiKeyFormat.cs:TryReadPublicId", "core/Security/ApiKeyFormat.cs:IsPublicId", "core/Security/ApiKeyFormat.cs:TryNarrow", "core/Security/Crc32.cs:Of",
    ];

    public override PlantedBug Planted => new("core/Security/ApiKeyFormat.cs", "if (key.Length != Length ||");

    public override int Run(byte[] input)
    {
        var text = Encoding.Latin1.GetString(input);
        var wellFormed = ApiKeyFormat.IsWellFormed(input);
        var hasPublicId = ApiKeyFormat.TryReadPublicId(input, out var publicId);
        if (System.Text.Ascii.IsValid(input) && hasPublicId != ApiKeyFormat.TryReadPublicId(text, out _))
        {
            throw new InvalidDataException("Bytes and characters have different public parts.");
        }

        if (wellFormed != ApiKeyFormat.IsWellFormed(text))
        {
            throw new InvalidDataException("Bytes and characters are judged differently.");
        }

        if (wellFormed && (!hasPublicId || !ApiKeyFormat.IsPublicId(Encoding.ASCII.GetString(publicId))))
        {
            throw new InvalidDataException("A well-formed key has no public part.");
        }

        return HashCode.Combine(wellFormed, hasPublicId, input.Length == ApiKeyFormat.Length);
    }
}
