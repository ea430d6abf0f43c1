using System.Collections.Frozen;

namespace ProxyCluster.Core.Regions;

/// <summary>
/// Where the regions of the large clouds are, by the names that their own documentation gives them, and where plain names
/// such as <c>eu-west</c> are taken to be. The cities are published; the coordinates are those cities', to a tenth of a degree.
/// </summary>
internal static class WellKnownRegions
{
    private static readonly (double Latitude, double Longitude, string Names)[] Cities =
    [
        (38.9, -77.4, "us-east us-east-1 us-east4 eastus eastus2"),
        (40.0, -83.0, "us-east-2 us-east5"),
        (33.2, -80.0, "us-east1"),
        (41.3, -95.9, "us-central us-central1 centralus"),
        (41.9, -87.6, "northcentralus"),
        (29.4, -98.5, "southcentralus"),
        (32.8, -96.8, "us-south1"),
        (41.1, -104.8, "westcentralus"),
        (37.4, -122.0, "us-west us-west-1 westus"),
        (45.8, -119.7, "us-west-2 us-west1"),
        (47.2, -119.9, "westus2"),
        (33.4, -112.1, "westus3"),
        (34.1, -118.2, "us-west2"),
        (40.8, -111.9, "us-west3"),
        (36.2, -115.1, "us-west4"),
        (45.5, -73.6, "ca-central ca-central-1 northamerica-northeast1"),
        (43.7, -79.4, "canadacentral northamerica-northeast2"),
        (46.8, -71.2, "canadaeast"),
        (51.0, -114.1, "ca-west-1"),
        (-23.5, -46.6, "sa-east sa-east-1 southamerica-east1 brazilsouth"),
        (-33.4, -70.7, "southamerica-west1 chilecentral"),
        (20.6, -100.4, "mx-central-1 northamerica-south1 mexicocentral"),
        (53.3, -6.3, "eu-west eu-west-1 northeurope"),
        (51.5, -0.1, "eu-west-2 europe-west2 uksouth"),
        (51.5, -3.2, "ukwest"),
        (48.9, 2.4, "eu-west-3 europe-west9 francecentral"),
        (50.1, 8.7, "eu-central eu-central-1 europe-west3 germanywestcentral"),
        (47.4, 8.5, "eu-central-2 europe-west6 switzerlandnorth"),
        (52.5, 13.4, "europe-west10"),
        (52.4, 4.9, "westeurope"),
        (53.4, 6.8, "europe-west4"),
        (50.4, 3.8, "europe-west1"),
        (50.8, 4.4, "belgiumcentral"),
        (59.3, 18.1, "eu-north eu-north-1 europe-north2"),
        (60.7, 17.1, "swedencentral"),
        (60.6, 27.2, "europe-north1"),
        (59.9, 10.8, "norwayeast"),
        (52.2, 21.0, "europe-central2 polandcentral"),
        (45.5, 9.2, "eu-south eu-south-1 europe-west8 italynorth"),
        (45.1, 7.7, "europe-west12"),
        (40.4, -3.7, "europe-southwest1 spaincentral"),
        (41.6, -0.9, "eu-south-2"),
        (32.1, 34.8, "il-central-1 me-west1 israelcentral"),
        (26.1, 50.6, "me-south-1"),
        (25.2, 55.3, "me-central-1 uaenorth"),
        (25.3, 51.5, "me-central1 qatarcentral"),
        (26.4, 50.1, "me-central2"),
        (-33.9, 18.4, "af-south af-south-1 southafricawest"),
        (-26.2, 28.0, "africa-south1 southafricanorth"),
        (19.1, 72.9, "ap-south ap-south-1 asia-south1 westindia"),
        (18.5, 73.9, "centralindia"),
        (17.4, 78.5, "ap-south-2"),
        (28.6, 77.2, "asia-south2"),
        (13.1, 80.3, "southindia"),
        (1.3, 103.8, "ap-southeast ap-southeast-1 asia-southeast1 southeastasia"),
        (3.1, 101.7, "ap-southeast-5 malaysiawest"),
        (13.8, 100.5, "ap-southeast-7 asia-southeast3"),
        (-6.2, 106.8, "ap-southeast-3 asia-southeast2 indonesiacentral"),
        (22.3, 114.2, "ap-east ap-east-1 asia-east2 eastasia"),
        (25.0, 121.6, "ap-east-2"),
        (24.1, 120.5, "asia-east1"),
        (37.6, 127.0, "ap-northeast-2 asia-northeast3 koreacentral"),
        (35.2, 129.1, "koreasouth"),
        (35.7, 139.7, "ap-northeast ap-northeast-1 asia-northeast1 japaneast"),
        (34.7, 135.5, "ap-northeast-3 asia-northeast2 japanwest"),
        (-33.9, 151.2, "ap-southeast-2 australia-southeast1 australiaeast"),
        (-37.8, 145.0, "ap-southeast-4 australia-southeast2 australiasoutheast"),
        (-36.8, 174.8, "ap-southeast-6 newzealandnorth"),
    ];

    public static FrozenDictionary<string, GeoPoint> ByName { get; } = Cities
        .SelectMany(static city => city.Names.Split(' ').Select(name => KeyValuePair.Create(name, new GeoPoint(city.Latitude, city.Longitude))))
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
}
