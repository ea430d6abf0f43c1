using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <content>
/// Values by which a client would choose whom is called, and with which key. The gateway has no use for them, and one
/// behind it might: passed on they would send its keys to a host of the client's choice (RELIABILITY S1).
/// </content>
internal ref partial struct RequestScanner
{
    private static Refusal? RefuseHost(ReadOnlySpan<byte> name) => name.Length switch
    {
        7 when name.SequenceEqual("api_key"u8) => Foreign("api_key"),
        8 when name.SequenceEqual("api_base"u8) => Foreign("api_base"),
        8 when name.SequenceEqual("base_url"u8) => Foreign("base_url"),
        11 when name.SequenceEqual("custom_host"u8) => Foreign("custom_host"),
        _ => null,
    };

    // Of all names these alone would stay what they are in a provider's path, however they are escaped.
    private static bool IsStep(ReadOnlySpan<byte> model)
    {
        var last = model[(model.LastIndexOf((byte)'/') + 1)..];
        return last.SequenceEqual("."u8) || last.SequenceEqual(".."u8);
    }

    private static Refusal Foreign(string field) =>
        Refusals.UnsupportedParameter(field, $"The field '{field}' is not taken: which host is called, and with which key, is the operator's to say.");
}
