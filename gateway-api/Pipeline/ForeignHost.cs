using System.Text;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>
/// Fields of a body by which a client would choose whom is called, and with which key or account. The gateway has no use for
/// them, and one behind it might: passed on they would send its keys to a host of the client's choice (RELIABILITY S1).
/// </summary>
internal static class ForeignHost
{
    private const int LongestName = 12;

    /// <summary>Refuses such a field of a JSON body.</summary>
    /// <param name="name">The field's name, without escapes.</param>
    public static Refusal? Refuse(ReadOnlySpan<byte> name) => name.Length switch
    {
        7 when name.SequenceEqual("api_key"u8) => Foreign("api_key"),
        8 when name.SequenceEqual("api_base"u8) => Foreign("api_base"),
        8 when name.SequenceEqual("base_url"u8) => Foreign("base_url"),
        11 when name.SequenceEqual("custom_host"u8) => Foreign("custom_host"),
        12 when name.SequenceEqual("organization"u8) => Foreign("organization"),
        _ => null,
    };

    /// <summary>Refuses such a field of a form.</summary>
    /// <param name="name">The field's name.</param>
    public static Refusal? Refuse(string name)
    {
        Span<byte> bytes = stackalloc byte[LongestName];
        return Encoding.UTF8.TryGetBytes(name, bytes, out var count) ? Refuse(bytes[..count]) : null;
    }

    private static Refusal Foreign(string field) =>
        Refusals.UnsupportedParameter(field, $"The field '{field}' is not taken: which host is called, and with which key, is the operator's to say.");
}
