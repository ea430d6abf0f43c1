using System.Text;
using ProxyCluster.Core.Secrets;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Stored secrets as a store may hand them over: an envelope opens only as it was sealed, and is wrapped anew only where it opens.</summary>
internal sealed class SecretEnvelopeTarget : FuzzTarget
{
    private const string Secret = "sk-0123456789-abcd";

    private static readonly SecretBinding Binding = new("provider-key", "a", "openai");
    private static readonly KeyEncryptionKey Kek = new(new byte[32]);
    private static readonly KeyRing Next = new(new KeyEncryptionKey([.. Enumerable.Repeat((byte)1, 32)]), Kek);

    /// <inheritdoc/>
    public override string Name => "secret-envelope";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => ["sealed:", "sealed:1:", "sealed:2:", Kek.Id, ":abcd:", "::", "====", new string('A', 140)];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser =>
        ["core/Secrets/SecretEnvelope.cs:TryOpen", "core/Secrets/SecretEnvelope.cs:Rewrap", "core/Secrets/SecretEnvelope.cs:TryUnwrap", "core/Secrets/SecretEnvelope.cs:TrySplit"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("core/Secrets/SecretEnvelope.cs", "if (!Base64Url.IsValid(encoded");

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var isOpen = SecretEnvelope.TryOpen(text, Binding, new KeyRing(Kek), out var secret, out var fault);
        if (isOpen && secret != Secret)
        {
            throw new InvalidDataException("A changed envelope opens.");
        }

        if (!isOpen && fault.Length == 0)
        {
            throw new InvalidDataException("An envelope stays shut without a reason.");
        }

        var shown = SecretEnvelope.Shown(text);
        if (!shown.StartsWith("***", StringComparison.Ordinal) || shown.Length > 7)
        {
            throw new InvalidDataException($"An envelope is shown as {shown}.");
        }

        var wrapped = SecretEnvelope.Rewrap(text, Binding, Next, new byte[12]);
        if (isOpen != (wrapped is not null && SecretEnvelope.TryOpen(wrapped, Binding, Next, out secret, out _) && secret == Secret))
        {
            throw new InvalidDataException("An envelope opens before it is wrapped anew, and not after, or the other way about.");
        }

        return HashCode.Combine(isOpen, fault.Length, wrapped is null, shown.Length);
    }
}
