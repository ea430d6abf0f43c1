namespace ProxyCluster.Tests.Fuzz.Clients;

/// <summary>How an input is cut.</summary>
internal static class Pieces
{
    /// <summary>One to seven bytes, as the input's last byte has it; long inputs come in fewer pieces, to be through in time.</summary>
    public static int BytesOf(byte[] input) => 1 + (input.Length == 0 ? 0 : input[^1] % 7) + (input.Length / 1024);
}
