using System.Numerics;

namespace ProxyCluster.Core.Security;

/// <summary>Numbers as digits, upper-case and lower-case letters, the most significant first.</summary>
internal static class Base62
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>Fills <paramref name="output"/> with the number's last digits.</summary>
    public static void Write(ReadOnlySpan<byte> bigEndian, Span<char> output)
    {
        var number = new BigInteger(bigEndian, isUnsigned: true, isBigEndian: true);
        for (var i = output.Length - 1; i >= 0; i--)
        {
            number = BigInteger.DivRem(number, Digits.Length, out var digit);
            output[i] = Digits[(int)digit];
        }
    }

    /// <summary>Fills <paramref name="output"/> with the number's last digits.</summary>
    public static void Write(uint number, Span<byte> output)
    {
        for (var i = output.Length - 1; i >= 0; i--)
        {
            output[i] = (byte)Digits[(int)(number % (uint)Digits.Length)];
            number /= (uint)Digits.Length;
        }
    }
}
