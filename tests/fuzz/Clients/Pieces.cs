namespace ProxyCluster.Tests.Fuzz.Clients;

/// <summary>How an input is cut.</summary>
internal static class Pieces
{
    // Within a character, within a line, and so that a piece ends one event and begins the next.
    private static readonly int[] Sizes = [1, 2, 3, 4, 5, 6, 7, 17, 29, 43, 97];

    /// <summary>As the input's last byte has it; long inputs come in fewer pieces, to be through in time.</summary>
    public static int BytesOf(byte[] input) => (input.Length == 0 ? 1 : Sizes[input[^1] % Sizes.Length]) + (input.Length / 1024);
}
