using System.Text.Json;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>Tells members that say nothing: clients send all that a model's answer had, with what it did not have left empty.</summary>
internal static class EmptyValues
{
    /// <summary>Whether a value is nothing, or a string, list or object without anything in it.</summary>
    public static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => true,
        JsonValueKind.String => value.ValueEquals(""),
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => value.GetPropertyCount() == 0,
        _ => false,
    };
}
