/** The rules that the reference has beside those of every page. */
export const REFERENCE_RULES = `
.routes{columns:24rem;padding-left:1.25rem;margin:0 0 1rem}
.routes li{break-inside:avoid;margin-bottom:.25rem}
.route{margin:0 0 1.25rem;padding:1rem;background:var(--card);border-radius:var(--corner)}
.route h3{margin:0 0 .5rem;font-size:1.05rem;line-height:1.35;overflow-wrap:anywhere}
.route h4{margin:1rem 0 .25rem;font-size:1rem}
.errors{margin:0;padding-left:1.25rem;font-size:.9375rem;color:var(--soft)}
.route pre{margin:.5rem 0 0;font-size:.85rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
th,td{text-align:left;vertical-align:top;padding:.375rem .75rem .375rem 0;border-top:1px solid var(--line)}
td code{overflow-wrap:normal;white-space:nowrap}
details{margin-top:.75rem}
summary{cursor:pointer;min-height:2.75rem;padding:.5rem 0;font-weight:600}
@media (min-width:64rem){header,main{max-width:60rem}}
@media print{body{background:#fff;color:#000;font-size:10pt}.route{padding:0 0 .5rem;background:none;border-bottom:1px solid #999;break-inside:avoid-page}.routes a,.route a{color:inherit;text-decoration:none}details{display:none}}
`;
