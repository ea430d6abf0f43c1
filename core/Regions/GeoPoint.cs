using System.Globalization;

namespace ProxyCluster.Core.Regions;

/// <summary>A place on the earth, kept as a unit vector so that nearness costs three multiplications.</summary>
public readonly record struct GeoPoint
{
    private const double EarthRadiusKilometers = 6371.0088; // IUGG mean radius

    private readonly double _x;
    private readonly double _y;
    private readonly double _z;

    /// <param name="latitude">Degrees north, -90 to 90.</param>
    /// <param name="longitude">Degrees east, -180 to 180.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    public GeoPoint(double latitude, double longitude)
    {
        if (!(Math.Abs(latitude) <= 90))
        {
            throw new ArgumentOutOfRangeException(nameof(latitude), latitude, "A latitude is from -90 to 90 degrees.");
        }

        if (!(Math.Abs(longitude) <= 180))
        {
            throw new ArgumentOutOfRangeException(nameof(longitude), longitude, "A longitude is from -180 to 180 degrees.");
        }

        var (north, alongEquator) = Math.SinCos(double.DegreesToRadians(latitude));
        var (east, meridian) = Math.SinCos(double.DegreesToRadians(longitude));
        (_x, _y, _z) = (alongEquator * meridian, alongEquator * east, north);
    }

    /// <summary>Reads <c>latitude,longitude</c> in degrees, for example <c>38.9,-77.4</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="point">The place.</param>
    /// <returns><see langword="false"/>: it is none.</returns>
    public static bool TryParse(string text, out GeoPoint point)
    {
        point = default;
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0
            || !TryParse(text.AsSpan(0, comma), out var latitude) || !(Math.Abs(latitude) <= 90)
            || !TryParse(text.AsSpan(comma + 1), out var longitude) || !(Math.Abs(longitude) <= 180))
        {
            return false;
        }

        point = new GeoPoint(latitude, longitude);
        return true;
    }

    /// <summary>How near two places are: 1 for the same place, -1 for opposite ones. Falls with the distance.</summary>
    /// <param name="other">The other place.</param>
    public double NearnessTo(in GeoPoint other) => (_x * other._x) + (_y * other._y) + (_z * other._z);

    /// <summary>The way over the earth's surface.</summary>
    /// <param name="other">The other place.</param>
    public double KilometersTo(in GeoPoint other) => EarthRadiusKilometers * Math.Acos(Math.Clamp(NearnessTo(other), -1, 1));

    private static bool TryParse(ReadOnlySpan<char> text, out double degrees) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out degrees);
}
