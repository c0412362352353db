function p(e,t={},...n){if(t instanceof Node||typeof t=="string")return p(e,{},t,...n);let[r,o]=e.split("."),s=document.createElement(r);o&&(s.className=o),r==="button"&&s.setAttribute("type","button");for(let[i,l]of Object.entries(t))V(s,i,l);return s.append(...n),s}function V(e,t,n){if(n==null||n===!1&&!t.startsWith("aria-")){e.hasAttribute(t)&&e.removeAttribute(t);return}let r=n===!0&&!t.startsWith("aria-")?"":String(n);e.getAttribute(t)!==r&&e.setAttribute(t,r)}function Q(e,t){e.textContent!==t&&(e.textContent=t)}function q(e,t){e.hidden===t&&(e.hidden=!t)}function Gn(e){return e.getRootNode().activeElement??null}var Ss=/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/,Ms=/^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u,Ts=/^[\u200c\u200d]+$/,Es=/[\n\t\r]/,As=/[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\p{Zl}\p{Zp}]/gu,Ce=(e,t,n)=>e[t+1]??n;function Ie(e,t){let n=0,r=e.length-1;for(;n<r;){let o=n+r+1>>1;e[o]<=t?n=o:r=o-1}return n}function qe(e,t,n){let r=t[n],o=Ce(t,n,e.ids.length);return o===r+1?e.pieces[r]:e.pieces.slice(r,o).join("")}function Me(e){return e.replace(As,t=>`⟨U+${t.codePointAt(0).toString(16).toUpperCase().padStart(4,"0")}⟩`)}function $e(e,t,n){let r=t[n],o=Ce(t,n,e.ids.length),s=Me(e.labels.slice(r,o).join(""));return s.length>60?`${[...s].slice(0,58).join("")}…`:s}var Rt=1,Nt=2,dn="template",Ls=/^[\p{P}\p{Z}\s]+$/u,Kn=(e,t)=>e?.[t]===dn;function Wt(e){let t=new Uint8Array(e.ids.length),n=e.groups.number;for(let r=0;r<n.length;r++){let o=Ls.test(qe(e,n,r)),s=Ce(n,r,t.length);for(let i=n[r];i<s;i++)t[i]=(o?Nt:0)|(Kn(e.roles,i)?Rt:0)}return t}function Qn(e,t,n){let r=Ce(t,n,e.ids.length);for(let o=t[n];o<r;o++)if(!Kn(e.roles,o))return!1;return!0}var mn=(e,t,n)=>e.generated!==null&&t[n]>=e.generated;function Zn(e,t,n){let r=Ce(t,n,e.ids.length),o=new Set(e.roles?.slice(t[n],r));return o.size>1&&o.delete(dn),[o.has(dn)?"chat template":Me([...o].join(" and ")),mn(e,t,n)?"generated":""].filter(i=>i!=="").join(", ")}function Le(e){let t=e.replace(/␣/g," ").replace(/↵/g," line break ").replace(/⇥/g," tab ").trim();return t===""?"space":t}var Dt=e=>Ss.test(e);function fn(e){return e===""?"·":!Ms.test(e)||Es.test(e)||Ts.test(e)?null:Me(e).startsWith("⟨")?Me(e):"·"}var Ht=(e,t,n)=>Ce(t,n,e.ids.length)-1>0||e.bos.length>0;var rt=["semantic","fisher","temperature","contrast","log_probability","entropy"];var Bt=class extends Error{};function fe(e){throw new Bt(e)}function yt(e){return typeof e=="object"&&e!==null&&!Array.isArray(e)}function wt(e,t){let n=e[t];return typeof n=="string"?n:fe(`"${t}" is not a text`)}function Ue(e,t){let n=e[t];return typeof n=="number"&&Number.isFinite(n)?n:fe(`"${t}" is not a finite number`)}function Qe(e,t){let n=Ue(e,t);return Number.isInteger(n)&&n>=0?n:fe(`"${t}" is not a whole number`)}function gt(e,t){return e[t]===null||e[t]===void 0?null:Qe(e,t)}function xt(e,t){let n=e[t];return Array.isArray(n)?n:fe(`"${t}" is not a list`)}function hn(e,t){let n=xt(e,t);return n.every(r=>typeof r=="string")?n:fe(`"${t}" holds something other than text`)}function Jn(e,t){let n=xt(e,t);return n.every(r=>Number.isInteger(r)&&r>=0)?n:fe(`"${t}" holds something other than whole numbers`)}function _t(e){let t,n=0,r;if(ArrayBuffer.isView(e))t=e.buffer,n=e.byteOffset,r=e.byteLength;else if(e instanceof ArrayBuffer)t=e,r=e.byteLength;else return null;return r%4!==0?null:n%4!==0?new Float32Array(t.slice(n,n+r)):new Float32Array(t,n,r/4)}function He(e,t,n){let r=_t(e[t]);r||fe(`"${t}" is not float32 data`),n!==void 0&&r.length!==n&&fe(`"${t}" holds ${r.length} numbers, ${n} were expected`);for(let o=0;o<r.length;o++)Number.isFinite(r[o])||fe(`"${t}" holds a number that is not finite`);return r}function nt(e,t,n){let r=Jn(e,t);for(let o=0;o<r.length;o++){let s=r[o],i=o===0?0:r[o-1]+1;(s<i||s>=n||o===0&&s!==0)&&fe(`the groups "${t}" are out of order`)}return n>0&&r.length===0&&fe(`the groups "${t}" are missing`),r}function Xn(e,t,n){if(t==null)return{ok:!0,value:null};if(!yt(t))return{ok:!1,error:`${e} is not a dictionary`};if(Object.keys(t).length===0)return{ok:!0,value:null};try{return{ok:!0,value:n(t)}}catch(r){if(r instanceof Bt)return{ok:!1,error:`${e}: ${r.message}`};throw r}}function Ps(e,t){if(e.roles===null||e.roles===void 0)return null;let n=[],r=xt(e,"roles");for(let[o,s]of r.entries()){let[i,l]=Array.isArray(s)?s:[],a=r[o+1],u=a===void 0?t:Array.isArray(a)?a[1]:null;for((typeof i!="string"||l!==n.length||!Number.isInteger(u)||u<=l)&&fe('the runs of "roles" are out of order');n.length<u;)n.push(i)}return n.length===t?n:fe(`"roles" are not those of ${t} tokens`)}function Yn(e){return Xn("tokens",e,t=>{let n=Jn(t,"ids"),r=hn(t,"pieces"),o=hn(t,"labels");(r.length!==n.length||o.length!==n.length)&&fe(`${n.length} ids, ${r.length} pieces and ${o.length} labels`);let s=t.groups;return yt(s)||fe('"groups" is not a dictionary'),{text:wt(t,"text"),ids:n,pieces:r,labels:o,groups:{token:nt(s,"token",n.length),word:nt(s,"word",n.length),number:nt(s,"number",n.length),sentence:nt(s,"sentence",n.length),line:nt(s,"line",n.length),regex:nt(s,s.regex===void 0?"token":"regex",n.length)},pattern:typeof t.pattern=="string"?t.pattern:"",bos:hn(t,"bos"),roles:Ps(t,n.length),generated:gt(t,"generated")}})}function Cs(e){return yt(e)||fe("a prediction is not a dictionary"),{id:Qe(e,"id"),label:wt(e,"label"),piece:wt(e,"piece"),p:Ue(e,"p"),logit:Ue(e,"logit")}}function Is(e){return(!Array.isArray(e)||typeof e[0]!="string")&&fe("a direction has no name"),bn(e[0],e[1])}function bn(e,t){return t==null?e:`${e}:${t}`}function Os(e,t){if(e==null)return null;yt(e)||fe('"fisher" is not a dictionary');let n=Qe(e,"rank");return{rank:n,spectrum:He(e,"spectrum",t*n),spectrumBos:He(e,"spectrum_bos",n),remainder:He(e,"remainder",t),remainderBos:Ue(e,"remainder_bos"),standardError:He(e,"standard_error",t),dimension:Qe(e,"dimension"),captured:He(e,"captured",n),exact:e.exact===!0,directions:e.n_directions===void 0?0:Qe(e,"n_directions"),rtol:e.rtol===void 0?0:Ue(e,"rtol")}}function Ft(e){return Xn("basis",e,t=>{let n=xt(t,"directions").map(Is),r=n.length,o=r*(r+1)/2,s=He(t,"gram"),i=t.fisher,l=o>0?s.length/o:yt(i)?He(i,"standard_error").length:0;Number.isInteger(l)||fe(`"gram" holds ${s.length} numbers, which ${o} per token do not divide`);let a=Qe(t,"end");return a>l&&fe(`"end" is ${a}, beyond the ${l} tokens`),{text:wt(t,"text"),position:gt(t,"position"),length:l,end:a,directions:new Map(n.map((u,d)=>[u,d])),size:r,gram:s,gramBos:He(t,"gram_bos",o),signed:He(t,"signed",l*r),fisher:Os(i,l),predictions:xt(t,"predictions").map(Cs),defaultTarget:gt(t,"default_target"),defaultFoil:gt(t,"default_foil"),actual:gt(t,"actual"),entropy:Ue(t,"entropy"),beta:Ue(t,"beta"),model:wt(t,"model"),nVjps:Qe(t,"n_vjps"),seconds:Ue(t,"seconds"),degenerate:t.degenerate===!0,complete:t.complete===!0}})}function Oe({scope:e,signed:t}){return t===!0&&e!=="fisher"}var Ze=(e,t)=>t??e.defaultTarget;function ot(e,t,n){if(n!==null)return n;let r=Ze(e,t);return e.predictions.find(o=>o.id!==r)?.id??e.defaultFoil}function gn(e,t){let n=(o,s)=>e.directions.get(bn(o,s)),r=Ze(e,t.target);switch(t.scope){case"semantic":{if(r===null)return null;let o=n("log_probability",r),s=n("mean",null);if(o!==void 0&&s!==void 0)return[[o,1],[s,1]];let i=n("logit",r);return i===void 0?null:[[i,1]]}case"log_probability":{let o=r===null?void 0:n("log_probability",r);return o===void 0?null:[[o,1]]}case"contrast":{let o=ot(e,t.target,t.foil);if(r===null||o===null)return null;for(let s of["log_probability","logit"]){let i=n(s,r),l=n(s,o);if(i!==void 0&&l!==void 0)return[[i,1],[l,-1]]}return null}case"temperature":case"entropy":{let o=n(t.scope,null);return o===void 0?null:[[o,1]]}case"fisher":return null}}function er(e,t,n,r,o){let s=t*(t+1)/2,i=n.flatMap(([l,a])=>n.map(([u,d])=>({at:l>=u?l*(l+1)/2+u:u*(u+1)/2+l,by:a*d})));for(let{at:l,by:a}of i)for(let u=0;u<o;u++)r[u]=r[u]+a*e[u*s+l];for(let l=0;l<o;l++)r[l]=Math.max(0,r[l])}function Rs(e,t){let n=new Float64Array(e.length);if(t.scope==="fisher"){let s=e.fisher;if(!s)return null;let i=t.rank===null,l=i?s.rank:Math.min(s.rank,Math.max(1,t.rank)),a=i?s.remainderBos:0;for(let u=0;u<l;u++)a+=s.spectrumBos[u];for(let u=0;u<e.end;u++){let d=i?s.remainder[u]:0;for(let c=0;c<l;c++)d+=s.spectrum[u*s.rank+c];n[u]=Math.max(0,d)}return{parts:n,bos:Math.max(0,a),errors:i&&!s.exact?s.standardError:null,root:!1}}let r=gn(e,t);if(!r)return null;if(Oe(t)){for(let[s,i]of r)for(let l=0;l<e.end;l++)n[l]=n[l]+i*e.signed[l*e.size+s];return{parts:n,bos:0,errors:null,root:!1}}let o=new Float64Array(1);return er(e.gram,e.size,r,n,e.end),er(e.gramBos,e.size,r,o,1),{parts:n,bos:o[0],errors:null,root:!0}}var Ns={template:Rt,delimiters:Nt};function Ws(e,t,n,r=null,o=[]){let s=Rs(e,n);if(!s)return null;let{parts:i,bos:l,root:a}=s,u=o.reduce((y,j)=>y|Ns[j],0),d=t.length,c=new Float64Array(d),f=new Float64Array(d),g=s.errors?new Float64Array(d):null,b=new Int32Array(d),m=0,v=l,h=0,x=0,$=0;for(let y=0;y<d;y++){let j=t[y],P=Math.min(e.end,t[y+1]??e.length),k=0,A=0,L=!1;for(let Z=j;Z<P;Z++){let N=i[Z],C=Math.abs(N),H=r?r[Z]:0;v+=C,H&Rt&&(x+=C),H&Nt&&($+=C),!(H&u)&&(L=!0,k+=N,s.errors&&(A+=s.errors[Z]))}L&&(b[m++]=y);let U=a?Math.sqrt(k):k;c[y]=U,f[y]=Math.abs(k),h=Math.max(h,Math.abs(U)),g&&(g[y]=A)}if(v>0)for(let y=0;y<d;y++)f[y]=f[y]/v;let M=b.slice(0,m),S=y=>Math.abs(c[y]);M.sort((y,j)=>S(j)-S(y)||y-j);let w=new Int32Array(d);for(let y=0;y<m;y++){let j=M[y],P=M[y-1],k=P!==void 0&&S(P)===S(j);w[j]=k?w[P]:y+1}let T=y=>v>0?y/v:0;return{scores:c,shares:f,errors:g,bosShare:T(l),templateShare:T(x),delimiterShare:T($),signed:Oe(n),power:a?2:1,max:h,scored:m,order:M,rank:w}}var Ds=64;function tr(){let e=new WeakMap,t=new WeakMap;return{picture(n,r,o,s,i=[]){let l=e.get(n);l||(l=new Map,e.set(n,l));let a=t.get(r);a||(a=Wt(r),t.set(r,a));let{scope:u,target:d,foil:c,rank:f}=s,g=JSON.stringify([u,d,c,f,Oe(s),o,i]),b=r.groups[o],m=l.get(g);if(m?.starts===b)return m.picture;let v=Ws(n,b,s,a,i);return l.size>=Ds&&l.clear(),l.set(g,{picture:v,starts:b}),v}}}var Hs=e=>Math.asinh(e/.01)/Math.asinh(100),Bs=e=>Math.sinh(e*Math.asinh(100))*.01;function _s({order:e,scores:t},n){let r=0,o=e.length;for(;r<o;){let s=r+o>>1;Math.abs(t[e[s]])>n?r=s+1:o=s}return r}function nr(e,{scale:t,vmax:n}){return t==="rank"?e.max:n??e.max}function wn(e,t,n){let r=Math.abs(e);if(!(r>0))return 0;if(n.scale==="rank")return t.scored>0?1-_s(t,r)/t.scored:0;let o=Math.min(1,r/nr(t,n));return n.scale==="log"?Hs(o):n.scale==="share"?o**t.power:o}function rr(e,t,n){if(n.scale==="rank"){let o=t.scored-1,s=t.order[Math.max(0,Math.min(o,Math.floor(t.scored*(1-e)+1e-9)))];return s===void 0?0:Math.abs(t.scores[s])}return(n.scale==="log"?Bs(e):n.scale==="share"?e**(1/t.power):e)*nr(t,n)}function jt(e,t=0){return!(e>0)||e<t?0:Math.min(63,Math.max(1,Math.round(e*63)))}function st(e,t,n){let{scores:r}=e;for(let o=0;o<r.length;o++){let s=r[o],i=jt(wn(s,e,t),t.threshold);n[o]=s<0?-i:i}}var Fs="⁰¹²³⁴⁵⁶⁷⁸⁹",kt=e=>e===0?0:Math.floor(Math.log10(Math.abs(e)));function xn(e){let t=kt(e),n=[...String(Math.abs(t))].map(r=>Fs[Number(r)]).join("");return`${(e/10**t).toFixed(1)} × 10${t<0?"⁻":""}${n}`}function ue(e,t){if(e===0)return"0";let n=kt(t);if(n<-3||n>5)return xn(e);let r=Math.max(0,Math.min(5,2-n)),o=e.toFixed(r);return Number(o)===0?`< ${(10**-r).toFixed(r)}`:o.replace("-","−")}function or(e,t){let n=ue(Math.abs(e),t);return n==="0"||n.startsWith("<")?n:`${e<0?"−":"+"}${n}`}function zt(e,t,n,r){if(!(t>0))return ue(e,n);let o=kt(n);if(o<-3||o>5)return`${xn(e)} ± ${xn(t)}`;let s=Math.max(0,Math.min(2-o,r>0?-kt(r):5,5)),i=Math.max(s,Math.min(s+1,-kt(t))),l=t.toFixed(i);return`${e.toFixed(i)} ± ${Number(l)===0?(10**-i).toFixed(i):l}`}function me(e){return e>0&&e<.005?"< 1 %":`${Math.round(e*100)} %`}function Je(e){return e>0&&e<5e-4?"< 0.1 %":e<1&&e>.9995?"> 99.9 %":`${(e*100).toFixed(1)} %`}function Ae(e){let t=e%100,n=t>10&&t<14?"th":["th","st","nd","rd"][e%10]??"th";return`${e.toLocaleString("en")}${n}`}var pe=(e,t)=>`${e.toLocaleString("en")} ${t}${e===1?"":"s"}`;function sr(e){return e<10?`${Math.max(1,Math.round(e))} s`:e<55?`${Math.round(e/5)*5} s`:e<3300?`${Math.round(e/60)} min`:`${(e/3600).toFixed(1)} h`}var ir={semantic:{name:"Semantic",unit:"logits per unit embedding norm",explains:"How far each token can move the logit of one target token.",target:!0},fisher:{name:"Fisher",unit:"nats",explains:"How far each token can move the whole next-token distribution.",target:!1},temperature:{name:"Temperature",unit:"β per unit embedding norm",explains:"How far each token can move the model’s confidence, its effective inverse temperature β.",target:!1},contrast:{name:"Contrast",unit:"logits per unit embedding norm",explains:"How far each token can move the target’s logit away from another token’s.",target:!0},log_probability:{name:"Log-probability",unit:"nats per unit embedding norm",explains:"How far each token can move the log-probability of one target token.",target:!0},entropy:{name:"Entropy",unit:"nats per unit embedding norm",explains:"How far each token can move the uncertainty (entropy) of the prediction.",target:!1}};var be=ir,yn=["semantic","fisher","temperature"],ar=["contrast","log_probability","entropy"];function lr(e,t){let{tokens:n,starts:r,picture:o,question:s,basis:i}=e;if(!n||t<0||t>=r.length)return null;let l=r[t],a=Ce(r,t,n.ids.length)-1,u=n.ids.slice(l,a+1),d=a===l?`token ${l}, id ${u[0]}`:`tokens ${l}–${a}, ids ${u.slice(0,4).join(" ")}${u.length>4?" …":""}`,c={label:$e(n,r,t),score:"",place:"",share:"",origin:Zn(n,r,t),tokens:d,hint:""};return Ht(n,r,t)||(c.hint="Nothing stands before it, so there is no prediction to explain."),o&&s&&i&&!e.degenerate&&(!e.fits&&t===e.explained?c.place="not computed":t===e.explained&&l>=i.end?c.place="explained here":l>=i.end?c.place="comes after the explained token, so no influence":o.rank[t]?(c.score=Be(o,t),c.place=`${Ae(o.rank[t]??0)} of ${o.scored.toLocaleString("en")}`,c.share=`${me(o.shares[t]??0)} of ${o.signed?"the sum without signs":"the influence"}`):c.place="hidden"),c}function Be(e,t){let n=e.scores[t]??0;if(e.signed)return or(n,e.max);let r=e.order[0]??0;return zt(n,e.errors?.[t]??0,e.max,e.errors?.[r]??0)}function Re(e){let{unit:t}=be[e.scope];return Oe(e)?t.replace(/ per .*/,""):t}var cr=e=>e==="regex"||e==="number"?"piece":e;function pr(e,t){let n=Math.min(e.length,t.length),r=0;for(;r<n&&e[r]===t[r];)r++;let o=0;for(;o<n-r&&e[e.length-1-o]===t[t.length-1-o];)o++;let s=[];for(let a=0;a<r;a++)s.push({before:a,now:a,same:!0});let[i,l]=qs(e.slice(r,e.length-o),t.slice(r,t.length-o));for(let a of Us(i,l))s.push({before:a.before===null?null:a.before+r,now:a.now===null?null:a.now+r,same:a.same});for(let a=o;a>0;a--)s.push({before:e.length-a,now:t.length-a,same:!0});return s}function qs(e,t){let n=new Map,r=o=>{let s=n.get(o)??n.size;return n.set(o,s),s};return[Int32Array.from(e,r),Int32Array.from(t,r)]}function Us(e,t){if(e.length===0||t.length===0)return ur(e,t,null,0,0);let n=Math.min(Math.min(e.length,t.length)+1,Math.floor(1e9/(e.length+t.length))),r=Math.abs(e.length-t.length),o=Math.max(e.length,t.length);for(let s=32;;s=Math.min(o,s*8)){let i=Math.min(0,t.length-e.length)-s,l=r+2*s+1,{cost:a,steps:u}=Vs(e,t,n,i,l),d=s>=o||a<=n*(r+2*(s+1)),c=(e.length+1)*(r+2*Math.min(o,8*s)+1);if(d||c>12e6)return ur(e,t,u,i,l)}}function Vs(e,t,n,r,o){let s=new Uint8Array((e.length+1)*o),i=2*n-1,l=new Int32Array(o+1).fill(1073741824);for(let a=Math.max(0,-r);a<o&&a+r<=t.length;a++)l[a]=n*(a+r),s[a]=2;for(let a=1;a<=e.length;a++){let u=Math.max(0,-r-a),d=Math.min(o-1,t.length-r-a),c=e[a-1],f=a*o,g=1073741824;for(let b=u;b<=d;b++){let m=a+r+b,v=1073741824,h=0;m>0&&(v=l[b]+(t[m-1]===c?0:i));let x=l[b+1]+n;x<v&&(v=x,h=1);let $=g+n;$<v&&(v=$,h=2),l[b]=v,s[f+b]=h,g=v}}return{cost:l[t.length-e.length-r],steps:s}}function ur(e,t,n,r,o){let s=[],i=e.length,l=t.length;for(;i>0||l>0;){let a=i===0?2:l===0||!n?1:n[i*o+l-i-r],u=a===2?null:--i,d=a===1?null:--l;s.push({before:u,now:d,same:u!==null&&d!==null&&e[u]===t[d]})}return s.reverse()}function Ve(e){return!(e.ctrlKey||e.metaKey||e.altKey)}var Gs=/^[\s\p{C}]*$/u,Ks=/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;function qt(e){return Ks.test(e.match(/\p{L}/u)?.[0]??"")?"rtl":"ltr"}function jn(e,t,n,r){let o=r?"ArrowLeft":"ArrowRight",s=r?"ArrowRight":"ArrowLeft";return e===o?Math.min(n-1,t+1):e===s?Math.max(0,t-1):e==="Home"?0:e==="End"?n-1:null}var dr=e=>{let t=e.getBoundingClientRect();return{x:(t.left+t.right)/2,y:(t.top+t.bottom)/2,height:t.height}};function Ut(e,t,n){let r=p("div",{role:"listbox"}),o=[],s=!1,i=0,l,a=c=>{let f=c.target.closest?.("[data-item]")?.dataset.item;return f===void 0?null:Number(f)};function u(c){i!==c&&o[i]?.removeAttribute("tabindex"),i=c;let f=o[c];f&&V(f,"tabindex",0)}function d(c,f){let g=dr(o[c]),b=null,m=c,v=Number.POSITIVE_INFINITY;for(let h=c+f;h>=0&&h<o.length;h+=f){let x=dr(o[h]);if(!(Math.abs(x.y-g.y)<g.height/2)){if(b===null)b=x.y;else if(Math.abs(x.y-b)>g.height/2)break;Math.abs(x.x-g.x)<v&&(v=Math.abs(x.x-g.x),m=h)}}return m}return r.addEventListener("pointerover",c=>n.point(a(c)),{signal:t}),r.addEventListener("pointerleave",()=>n.point(null),{signal:t}),r.addEventListener("pointerdown",c=>{let f=a(c);f!==null&&u(f)},{signal:t}),r.addEventListener("click",c=>{let f=a(c);f!==null&&n.choose(f)},{signal:t}),r.addEventListener("focusin",c=>{let f=a(c);f!==null&&(V(o[f],"aria-label",n.name(f)),c.target.matches(":focus-visible")&&n.point(f))},{signal:t}),r.addEventListener("focusout",()=>n.point(null),{signal:t}),e.on(r,c=>{if(!Ve(c)||o.length===0)return!1;if(c.key==="Enter"||c.key===" ")return n.choose(i),!0;let f=c.key==="ArrowDown"?d(i,1):c.key==="ArrowUp"?d(i,-1):jn(c.key,i,o.length,s);return f===null?!1:(u(f),o[f]?.focus(),!0)}),{el:r,items(c,f){r.contains(l??null)&&l?.classList.remove("is-hot"),l=void 0,o=c,s=f;for(let[b,m]of o.entries()){V(m,"role","option"),V(m,"data-item",b);let v=m.textContent??"";Gs.test(v)&&V(m,"aria-label",Le(Me(v)))}i=Math.max(0,Math.min(i,o.length-1)),u(i)},light(c){let f=c===null?void 0:o[c];f!==l&&(l?.classList.remove("is-hot"),f?.classList.add("is-hot"),l=f)}}}var Qs=24,Zs=e=>e===0?"transparent":`color-mix(in srgb,var(${e<0?"--jw-negative":"--jw-ink"}) ${(100*Math.abs(e)/63).toFixed(1)}%,transparent)`;function Js(e,t){let n=[];for(let r=0;r<e.length;){let o=r+1;for(;o<e.length&&e[o]===e[r];)o++;let s=Zs(e[r]);n.push(`${s} ${(100*r/t).toFixed(3)}% ${(100*o/t).toFixed(3)}%`),r=o}return e.length<t&&n.push(`transparent ${(100*e.length/t).toFixed(3)}%`),`linear-gradient(90deg,${n.join(",")})`}function Vt(e,t,n,r){let o=p("span",{class:"jw-cell",role:"option",id:`${n}-cell`}),s=p("div",{class:"jw-strip",role:"listbox",tabindex:0,dir:"ltr"},o),i=[],l=0,a=1,u=1,d=new Int32Array(0),c=0,f=!1,g=h=>Math.floor(h/u);function b(h){o.classList.toggle("is-hot",h!==null);let x=g(h??c);i[Math.floor(x/a)]&&(o.style.insetInlineStart=`${100*(x%a)/a}%`,o.style.inlineSize=`${100/a}%`,o.style.top=`${100*Math.floor(x/a)/i.length}%`,o.style.height=`${100/i.length}%`)}function m(){V(o,"aria-label",r.name(c)),V(o,"aria-posinset",c+1),V(o,"aria-setsize",l)}let v=h=>{let x=s.getBoundingClientRect(),$=Math.floor((h.clientY-x.top)/x.height*i.length),M=Math.floor((h.clientX-x.left)/x.width*a);return $<0||$>=i.length||M<0||M>=a?null:d[$*a+M]??null};return s.addEventListener("pointermove",h=>r.point(v(h)),{signal:t,passive:!0}),s.addEventListener("pointerleave",()=>r.point(null),{signal:t}),s.addEventListener("click",h=>{let x=v(h);x!==null&&(c=x,r.choose(x))},{signal:t}),s.addEventListener("focusin",()=>{f=s.matches(":focus-visible"),m(),f&&r.point(c)},{signal:t}),s.addEventListener("focusout",()=>{f=!1,r.point(null)},{signal:t}),e.on(s,h=>{if(!Ve(h)||l===0)return!1;if(h.key==="Enter"||h.key===" ")return r.choose(c),!0;let x=a*u,$=h.key==="ArrowDown"?x:h.key==="ArrowUp"?-x:0,M=$===0?jn(h.key,c,l,!1):c+$;return M===null?!1:(c=Math.max(0,Math.min(l-1,M)),m(),r.point(c),!0)}),{el:s,draw(h,x){l!==h.length&&(c=Math.min(c,Math.max(0,h.length-1))),l=h.length,a=x,u=Math.max(1,Math.ceil(l/(x*Qs)));let $=new Int8Array(Math.ceil(l/u));d=new Int32Array($.length);for(let S=0;S<$.length;S++){let w=S*u;for(let T=w+1;T<Math.min(l,(S+1)*u);T++)Math.abs(h[T])>Math.abs(h[w])&&(w=T);d[S]=w,$[S]=h[w]}let M=Math.max(1,Math.ceil($.length/a));i.length!==M&&(i=Array.from({length:M},()=>p("div",{class:"jw-strip-row"})),s.replaceChildren(...i,o));for(let[S,w]of i.entries())w.style.backgroundImage=Js($.subarray(S*a,(S+1)*a),a);V(s,"aria-activedescendant",o.id),m()},light:b}}var Gt=400;function vn(e){return e===0?"":e<0?` w${-e} is-negative`:` w${e}`}function $n(e,t){let n=fn(t);V(e,"data-mark",n);for(let r of t.split(/(\n)/))r===`
`?e.append(p("span",{class:"jw-break"},r)):r&&e.append(r)}function Sn(e){return`${fn(e)===null?"":" is-ghost"}${Dt(e)?" is-isolated":""}`}function it({dispatch:e,focus:t,keys:n,signal:r},o,s,i){let l=null,a=null,u=null,d=[],c=[],f={point:x=>e({type:"hover",group:x}),choose:x=>t(x),name:x=>l?`${Le($e(l.tokens,l.starts,x))}, ${l.says(x)}`:""},g=Ut(n,r,f),b=Vt(n,r,o,f);g.el.classList.add("jw-mini");let m=p("div",{},g.el,b.el),v=x=>{for(let $ of[g.el,b.el])V($,"aria-label",x)};v(s);function h({tokens:x,starts:$}){a=x,u=$,c=[],d=$.map((M,S)=>{let w=qe(x,$,S),T=p("span");return $n(T,w),c.push(`jw-token${Sn(w)}${Qn(x,$,S)?" is-template":""}${mn(x,$,S)?" is-generated":""}`),T}),g.items(d,qt(x.text)==="rtl"),g.el.replaceChildren(...d)}return{el:m,name:v,draw(x){let $=l;l=x;let{tokens:M,starts:S,levels:w,end:T,explained:y,pointed:j}=x,P=S.length<=Gt;if(q(g.el,P),q(b.el,!P),!P){$?.levels!==w&&b.draw(w,i),b.light(j!==null&&j<w.length?j:null);return}let k=M!==a||S!==u;if(k&&h(x),k||$?.levels!==w||$.explained!==y||$.end!==T){for(let[A,L]of d.entries()){let U=A===y?" is-explained":S[A]>=T?" is-dim":"";L.className=`${c[A]}${vn(w[A])}${U}`}g.light(null)}g.light(j)}}}function Xs({tokens:e,basis:t},n,r){let o=t.predictions.find(i=>i.id===n)?.label,s=o===void 0?e.ids.indexOf(n):-1;return Me(o??e.labels[s]??r(n))}function mr(e,t){let{basis:n,question:r}=e,o=i=>({token:i===null?"?":Xs(e,i,t)}),s=o(Ze(n,r.target));switch(r.scope){case"semantic":return["What moved the logit of ",s,"?"];case"log_probability":return["What moved the probability of ",s,"?"];case"contrast":return["Why ",s," rather than ",o(ot(n,r.target,r.foil)),"?"];case"fisher":return r.rank===null?["What moved the whole prediction?"]:[`What moved the prediction in its top ${pe(r.rank,"direction")}?`];case"temperature":return["What moved the model’s confidence?"];case"entropy":return["What moved its uncertainty?"]}}function fr({basis:e,question:t}){let n=e.position===null?"after the text":`at token ${e.position}`;return`${be[t.scope].name}${t.signed?", signed":""}, ${n}`}function Kt(e){return e.map(t=>typeof t=="string"?document.createTextNode(t):p("span",{class:"jw-label"},t.token))}function hr(e){return e.map(t=>typeof t=="string"?t:Le(t.token)).join("")}function Ge(e,t){return[p("span",{class:"jw-names"},...Mn(e)),p("span",{},t)]}function Mn(e){return e.flatMap((t,n)=>[...n>0?[document.createTextNode(" → ")]:[],p("span",{class:"jw-label"},t)])}function Ne(e,t){let n=e.shares[t]??0;return(e.scores[t]??0)<0?-n:n}function Ye(e){return e<0?`−${me(-e)}`:me(e)}var Xe=({picture:e,group:t})=>(e.rank[t]??0)>0;function vt(e){return Xe(e)?Ye(Ne(e.picture,e.group)):e.start>=e.end?"not before the explained token":"hidden"}function Qt(e,t){let[n,r]=[vt(e),vt(t)];return n===r&&!Xe(e)&&!Xe(t)?r:`${n} ${Xe(e)?"pinned":"when pinned"}, ${r} now`}function Ke(e){let t=Math.abs(100*e);return t<.05?"0":`${e<0?"−":"+"}${t.toFixed(t<9.95?1:0)}`}function br(e){let t=Array.from(e,(r,o)=>o).sort((r,o)=>e[r]-e[o]),n=new Float64Array(t.length);for(let r=0;r<t.length;){let o=r+1;for(;o<t.length&&e[t[o]]===e[t[r]];)o++;for(let s=r;s<o;s++)n[t[s]]=(r+1+o)/2;r=o}return n}function Zt(e,t){let n=e.length;if(n<3)return null;let r=br(e),o=br(t),s=(n+1)/2,i=0,l=0,a=0;for(let u=0;u<n;u++){let d=r[u]-s,c=o[u]-s;i+=d*c,l+=d*d,a+=c*c}return l>0&&a>0?Math.max(-1,Math.min(1,i/Math.sqrt(l*a))):null}function gr(e,t){let n=Math.ceil(Math.min(e.length,t.length)/4),r=new Set(e.subarray(0,n)),o=0;for(let s of t.subarray(0,n))r.has(s)&&o++;return{shared:o,of:n}}function et(e){return e>=.9?"alike":e>=.7?"mostly alike":e>=.4?"somewhat alike":e>-.4?"differently":"in nearly opposite order"}function $t({tokens:e,starts:t},{position:n}){return e&&n!==null&&n<e.ids.length?Ie(t,n):null}function at(e){let t=e.picture&&e.held?e.held.basis:e.basis;return t?{...e,basis:t,explained:$t(e,t)}:e}var Ys=100;function We(e){return e==="regex"?"piece":e}function Tn(e,t){return e===t?"explained here":"after the explained token"}function ei(e,t,n,r){if(n>=r)return Tn(n,r);let o=e.rank[t]??0;return o===0?"hidden":`${Be(e,t)}, ${Ae(o)} of ${e.scored.toLocaleString("en")}`}function En(e,t){let n=[...e.order].filter(o=>(t.rank[o]??0)>0),r=o=>n.map(s=>Math.abs(o.scores[s]));return{rho:Zt(r(e),r(t)),count:n.length}}function lt(e){return`ρ = ${e.toFixed(2).replace("-","−")}`}function wr(e){let{signal:t,uid:n}=e,r=yn.map((h,x)=>{let $=p("select",{"aria-label":`Scope of picture ${x+1}`},...[...yn,...ar].map(y=>p("option",{value:y},be[y].name))),M=it(e,`${n}-scope-${x}`,be[h].name,Ys),S=p("p",{class:"jw-readout"}),w=p("p",{class:"jw-readout jw-quiet"}),T=p("div",{class:"jw-multiple"},$,M.el,S,w);return{scope:h,el:T,select:$,small:M,readout:S,range:w,picture:null,levels:new Int8Array,painted:""}}),o=p("div",{class:"jw-heading jw-part",id:`${n}-scopes`},"Three scopes"),s=p("tbody"),i=p("caption",{class:"jw-heading"}),l=p("table",{class:"jw-alike"},i,s),a=p("p",{class:"jw-quiet"},"ρ is Spearman’s rank correlation: 1 for the same order, 0 for unrelated ones, −1 for the reverse."),u=p("section",{"aria-labelledby":o.id},o,p("div",{class:"jw-multiples"},...r.map(h=>h.el)),l,a),d=[],c="",f=r.map(({small:h})=>h.el.querySelector(".jw-mini"));for(let h of f){let x=()=>{for(let $ of f)$.scrollTop!==h.scrollTop&&($.scrollTop=h.scrollTop)};h.addEventListener("scroll",x,{signal:t,passive:!0})}for(let h of r)h.select.addEventListener("change",()=>{let x=h.select.value,$=r.find(M=>M.scope===x);$&&($.scope=h.scope),h.scope=x,v(e.scene())},{signal:t});function g(h,x){let{wish:$,question:M}=h;return{scope:x,target:M?M.target:$.target,foil:M?M.foil:$.foil,rank:x==="fisher"?$.rank:null,signed:$.signed}}function b(h,x){let{tokens:$,starts:M,basis:S,wish:w,pointed:T}=x,{name:y}=be[h.scope];if(h.select.value=h.scope,!$||!S)return;let j=g(x,h.scope),P=$t(x,S),k=h.scope==="temperature"&&S.degenerate,A=k?null:e.picture(S,$,j),L={scale:w.scale,vmax:h.scope===w.scope?w.vmax:null,threshold:w.threshold},U=`${L.scale} ${L.vmax} ${L.threshold}`;(A!==h.picture||U!==h.painted||h.levels.length!==M.length)&&(h.levels=new Int8Array(M.length),A&&st(A,L,h.levels),h.picture=A,h.painted=U),h.small.name(`${y}: ${M.length.toLocaleString("en")} ${We(x.granularity)}s`);let Z=H=>A?ei(A,H,M[H],S.end):"no score";h.small.draw({tokens:$,starts:M,levels:h.levels,end:S.end,explained:P,pointed:T,says:Z});let N=A?.order[0],C=T??N;if(!A||N===void 0||C===void 0||C>=M.length){let H=x.state==="computing"?"On its way":"Not computed";h.readout.replaceChildren(k?"Says nothing about this model":H),Q(h.range,"");return}h.readout.replaceChildren(T===null?"Strongest":"",...Ge([$e($,M,C)],T===null?Be(A,C):Z(C))),Q(h.range,`Up to ${Be(A,N)} ${Re(j)}`)}function m(h){let x=r.map(T=>T.picture);if(x.every((T,y)=>T===d[y])&&d.length>0)return;d=x;let $=`${We(h.granularity)}s`,M=[],S=[],w=0;for(let[T,y]of r.entries())for(let j of r.slice(T+1)){if(!y.picture||!j.picture)continue;let{rho:P,count:k}=En(y.picture,j.picture),{shared:A,of:L}=gr(y.picture.order,j.picture.order);if(w=k,P===null)continue;let U=`${be[y.scope].name} and ${be[j.scope].name}`;S.push(`${U} rank the ${$} ${et(P)}, ${lt(P)}.`),M.push(p("tr",{},p("th",{scope:"row"},`${U} rank the ${$} ${et(P)}`),p("td",{class:"jw-number"},lt(P)),p("td",{class:"jw-number"},`${A} of the ${L} strongest are the same`)))}s.replaceChildren(...M),Q(i,M.length>0?`How alike they rank ${pe(w,We(h.granularity))}`:w>0?`Too few ${$} to say how alike they are ranked`:""),q(a,M.length>0),c=S.join(" ")}function v(h){let x=h.tokens!==null&&h.basis!==null&&h.drawable;if(q(u,x),!x)return"";for(let $ of r)b($,h);return m(h),u.classList.toggle("is-stale",!h.fits),V(u,"aria-busy",h.fits?null:"true"),c}return{el:u,update:v}}var ti=160;function St(){return p("span",{class:"jw-quiet"},"Point at a piece to read its numbers.")}var An=6,ni=.01;function Ln(e){let t=ni;for(let r=0;r<e.length;r++)t=Math.max(t,Math.abs(e[r]));return{levels:Int8Array.from(e,r=>Math.sign(r)*jt(Math.abs(r)/t)),full:t}}function Pn(e,t=An){return Array.from(e,(n,r)=>r).filter(n=>Ke(e[n])!=="0").sort((n,r)=>Math.abs(e[r])-Math.abs(e[n])||n-r).slice(0,t)}function Mt(){let e=p("span"),t=p("span"),n=p("span",{class:"jw-number"}),r=s=>p("i",{class:`jw-sign jw-token w63${s}`,"aria-hidden":"true"});return{el:p("p",{class:"jw-sides jw-quiet"},p("span",{},r(""),e),p("span",{},r(" is-negative"),t),n),draw(s,i){Q(e,s.more),Q(t,s.less),Q(n,i)}}}function ri({labels:e,detail:t,value:n}){return`${[e.map(Le).join(" becomes "),t.replace("→","to"),n].filter(o=>o!=="").join(", ")}: show in the text`}function ct({dispatch:e,focus:t,signal:n},r){let o=p("div",{class:"jw-heading",id:r}),s=p("ol",{"aria-labelledby":r}),i=p("div",{class:"jw-ranked"},o,s),l=[],a=[],u=f=>{let g=a.findIndex(b=>b.contains(f.target));return l[g]?.group??null},d=f=>e({type:"hover",group:u(f)}),c=()=>e({type:"hover",group:null});return s.addEventListener("pointerover",d,{signal:n}),s.addEventListener("pointerleave",c,{signal:n}),s.addEventListener("focusin",d,{signal:n}),s.addEventListener("focusout",c,{signal:n}),s.addEventListener("click",f=>{let g=u(f);g!==null&&t(g)},{signal:n}),{el:i,draw(f,g,b){g!==l&&(l=g,Q(o,f),a=g.map(({labels:m,detail:v,value:h,group:x})=>{let $=[p("span",{class:"jw-names"},...Mn(m)),p("span",{class:"jw-quiet jw-number"},v),p("span",{class:"jw-number"},h)];return p("li",{},x===null?p("div",{},...$):p("button",{type:"button","aria-label":ri({labels:m,detail:v,value:h,group:x})},...$))}),s.replaceChildren(...a),q(i,g.length>0));for(let[m,v]of a.entries())v.classList.toggle("is-hot",b!==null&&g[m]?.group===b)}}}function xr(e){let{uid:t}=e,n=it(e,`${t}-difference`,"Difference",ti),r=Mt(),o=ct(e,`${t}-differences`),s=p("p",{class:"jw-readout"}),i=p("p"),l=p("div",{class:"jw-difference"},r.el,n.el,s,o.el,i),a=null,u="";function d(c,f,g,b){let{tokens:m,starts:v,basis:h}=c,x=Float64Array.from(v,(k,A)=>g.rank[A]&&b.rank[A]?Ne(b,A)-Ne(g,A):0),{levels:$,full:M}=Ln(x),S=Pn(x).map(k=>({labels:m?[$e(m,v,k)]:[],detail:`${Ye(Ne(g,k))} → ${Ye(Ne(b,k))}`,value:Ke(x[k]),group:k})),{rho:w,count:T}=En(g,b),y=`${We(c.granularity)}s`,j=w===null?`Too few ${y} to say how alike the two rank them.`:`The two rank ${pe(T,We(c.granularity))} ${et(w)}: ${lt(w)}.`,P=h&&f.basis.position!==h.position;return{before:g,now:b,differences:x,levels:$,full:M,rows:S,alike:P?`${j} They explain different tokens.`:j}}return{el:l,update(c,f,g,b){let{tokens:m,starts:v,pointed:h,explained:x,basis:$}=c;if(!m||!$)return"";if(a?.before!==g||a.now!==b){a=d(c,f,g,b);let j=g.signed||b.signed;r.draw(j?{more:"higher now",less:"lower now"}:{more:"more now",less:"less now"},`full ink: ${Ke(a.full).slice(1)} points of the influence`),Q(i,a.alike);let P=a.rows[0];u=P?`Difference to the pinned picture: largest at ${Le(P.labels.join(""))}, ${P.value} points. ${a.alike}`:`No difference to the pinned picture. ${a.alike}`}let{differences:M,levels:S,rows:w}=a,T=j=>{let P=v[j],k={picture:g,group:j,start:P,end:f.basis.end},A={picture:b,group:j,start:P,end:$.end},L=Qt(k,A);return Xe(k)&&Xe(A)?`${Ke(M[j])} points, ${L}`:L},y=Math.min(f.basis.end,$.end);return n.name(`Difference: ${v.length.toLocaleString("en")} ${We(c.granularity)}s`),n.draw({tokens:m,starts:v,levels:S,end:y,explained:x,pointed:h,says:T}),o.draw("Largest differences, in points of the influence",w,h),s.replaceChildren(...h===null||h>=v.length?[St()]:Ge([$e(m,v,h)],T(h))),u}}}var oi=5,yr=({tokens:e,starts:t},n)=>n!==null&&qe(e,t,n).endsWith(`
`);function jr(e,t,n){let r=Ut(e,t,n);r.el.classList.add("jw-pairs");let o=[],s=null,i=[{spans:[],fixed:[]},{spans:[],fixed:[]}],l=[];function a({tokens:d,starts:c},f){let g=[];return{spans:f.map(m=>{if(m===null)return g.push(""),null;let v=qe(d,c,m),h=p("span");return g.push(`jw-token${Sn(v)}`),$n(h,v.replace(/\n+$/,`
`)),h}),fixed:g}}function u({spans:d,fixed:c},f,g,b){for(let[m,v]of d.entries()){let h=g[m];if(!v||h===null||h===void 0)continue;let x=f.starts[h]>=b.end,$=h===b.explained?" is-explained":x?" is-dim":"",M=`${c[m]}${vn(x?0:b.levels[h])}${$}`;v.className!==M&&(v.className=M)}}return{el:r.el,light:r.light,build(d,c,f){o=f,s=[d,c];let g=a(d,f.map($=>$.before)),b=a(c,f.map($=>$.now));i=[g,b],l=f.map(()=>p("i",{class:"jw-delta","aria-hidden":"true"}));let m=()=>p("span",{class:"jw-gap","aria-hidden":"true"}),v=f.map(($,M)=>p("span",{class:$.same?"jw-pair":"jw-pair is-changed"},g.spans[M]??m(),b.spans[M]??m(),l[M])),h=qt(c.tokens.text+d.tokens.text)==="rtl";V(r.el,"dir",h?"rtl":"ltr"),r.items(v,h);let x=[];for(let[$,M]of v.entries()){x.push(M);let S=f[$];(yr(c,S.now)||S.now===null&&yr(d,S.before))&&x.push(p("br"))}r.el.replaceChildren(...x)},paint(d,c,f){if(s){u(i[0],s[0],o.map(g=>g.before),d),u(i[1],s[1],o.map(g=>g.now),c);for(let[g,b]of l.entries()){let m=f[g];b.classList.toggle("is-negative",m<0),b.style.setProperty("--jw-delta",`${(Math.abs(m)*oi/63).toFixed(2)}px`)}}}}}var si=160;function kr({pieces:e,labels:t},n){return n.map((r,o)=>{let s=n[o+1]??e.length;return`${e.slice(r,s).join("")}\0${t.slice(r,s).join("")}`})}function ii(e,t,n,r){let o=e.filter(c=>c.same).length,s=e.filter(c=>c.now===null).length,i=e.filter(c=>c.before===null).length,l=e.length-o-s-i,a=[`${pe(o,t)} in both texts`,l>0?`${l.toLocaleString("en")} replaced`:"",s>0?`${s.toLocaleString("en")} only in the pinned one`:"",i>0?`${i.toLocaleString("en")} only in the one now`:""].filter(c=>c!==""),u=n===null?`Too few ${t}s stand opposite each other to say how alike they are ranked.`:`The two rank the ${pe(r,`paired ${t}`)} ${et(n)}: ${lt(n)}.`,d=o<Math.min(e.length-i,e.length-s)/3;return`${a.join(", ")}. ${u}${d?" The texts have little in common.":""}`}function vr(e){let{dispatch:t,focus:n,keys:r,signal:o,uid:s,scene:i}=e,l=null,a=null,u=null,d="",c=null,f=N=>l?.pairs[N]?.now??null,g={point(N){u!==N&&(u=N,t({type:"hover",group:N===null?null:f(N)}),U(i()))},choose(N){let C=f(N);C!==null&&n(C)},name(N){let[C,H]=k(N);return`${C.map(Le).join(" becomes ")}, ${H}`}},b=jr(r,o,g),m=Vt(r,o,`${s}-aligned`,g),v=Mt(),h=p("p",{class:"jw-quiet"}),x=p("p",{class:"jw-readout"}),$=ct(e,`${s}-aligned-differences`),M=p("p"),S=p("div",{class:"jw-aligned"},h,v.el,b.el,m.el,x,$.el,M),w=N=>N.tokens.groups[i().granularity]??[],T=N=>a?$e(a.tokens,w(a),N):"",y=N=>{let{tokens:C,starts:H}=i();return C?$e(C,H,N):""},j=({before:N},{before:C})=>a&&C!==null?{picture:N,group:C,start:w(a)[C]??0,end:a.basis.end}:null,P=({now:N,end:C},{now:H})=>H===null?null:{picture:N,group:H,start:i().starts[H]??0,end:C};function k(N){let C=l?.pairs[N];if(!C||!l)return[[],""];let H=j(l,C),F=P(l,C);return H?F?[C.same?[y(F.group)]:[T(H.group),y(F.group)],Qt(H,F)]:[[T(H.group)],`only in the pinned text, ${vt(H)}`]:F?[[y(F.group)],`only in the text now, ${vt(F)}`]:[[],""]}function A(N,{tokens:C,basis:H},F,Y,ne){let{starts:I,question:_,explained:W}=N,G=w(F),oe=c?.now!==I||c.before!==G;(!c||oe)&&(c={before:G,now:I,pairs:pr(kr(F.tokens,G),kr(C,I))});let{pairs:re}=c,de=new Float64Array(re.length),ge=new Int32Array(I.length).fill(-1),je=[],ke=[];for(let[O,R]of re.entries())R.now!==null&&(ge[R.now]=O),!(R.now!==null&&R.before!==null&&!(ne.rank[R.now??0]&&Y.rank[R.before??0]))&&(de[O]=(R.now===null?0:Ne(ne,R.now))-(R.before===null?0:Ne(Y,R.before)),!(R.now===null||R.before===null)&&(je.push(Math.abs(Y.scores[R.before])),ke.push(Math.abs(ne.scores[R.now]))));let{levels:E,full:X}=Ln(de),{end:ce}=H,se={before:Y,now:ne,end:ce,pairs:re,itemOf:ge,levels:E,rows:[],alike:"",scale:""};l=se,a=F,se.rows=Pn(de).map(O=>{let R=re[O],[K]=k(O),ee=R.before===null?"–":Ye(Ne(Y,R.before)),te=R.now===null?"–":Ye(Ne(ne,R.now));return{labels:K,detail:`${ee} → ${te}`,value:Ke(de[O]),group:R.now}}),se.alike=ii(re,We(N.granularity),Zt(je,ke),je.length);let ie=L(F,N,Y,ne),B=ie.by==="score"&&_?Y.max>ne.max?Y:ne:null,D=B&&_?`${N.wish.vmax===null?Be(B,B.order[0]??0):ue(ie.full,ie.full)} ${Re(_)}`:`${me(ie.full)} of the influence`,z=re.length<=Gt;if(se.scale=z?`Upper line pinned, lower line now, in one ink: up to ${D}.`:"Too long to set one above the other: each cell is a pair, inked by its difference.",v.draw(Y.signed||ne.signed?{more:"higher now",less:"lower now"}:{more:"more now",less:"less now"},`${z?"bars up to":"full ink:"} ${Ke(X).slice(1)} points of the influence`),q(b.el,z),q(m.el,!z),z){let O=F.basis.position===null?null:Ie(G,F.basis.position);oe&&b.build({tokens:F.tokens,starts:G},{tokens:C,starts:I},re),b.paint({levels:ie.before,end:F.basis.end,explained:O},{levels:ie.now,end:H.end,explained:W},E)}else m.draw(E,si);let J=`Pinned text and text now: ${pe(re.length,"pair")}`;for(let O of[b.el,m.el])V(O,"aria-label",J);return se}function L(N,C,H,F){let Y=C.question;if(Y!==null&&Y.scope===N.question.scope&&Oe(Y)===Oe(N.question)){let W={scale:C.wish.scale,vmax:C.wish.vmax??Math.max(H.max,F.max),threshold:C.wish.threshold},G=oe=>{let re=new Int8Array(oe.scores.length);return st(oe,W,re),re};return{by:"score",full:W.vmax,before:G(H),now:G(F)}}let I=Math.max(1e-9,...[H,F].map(W=>W.shares[W.order[0]??0]??0)),_=W=>Int8Array.from(W.shares,(G,oe)=>{let re=Ne(W,oe);return Math.sign(re)*jt(Math.abs(re)/I)});return{by:"share",full:I,before:_(H),now:_(F)}}function U(N){if(!l)return;let{pointed:C}=N,H=C===null?u:l.itemOf[C]??null,F=H===null||H<0?null:H;l.pairs.length<=Gt?b.light(F):m.light(F),$.draw("Largest differences, in points of the influence",l.rows,C),x.replaceChildren(...F===null?[St()]:Ge(...k(F)))}let Z="";return{el:S,fits:(N,C)=>N.granularity!=="regex"||C.tokens.pattern===(N.tokens?.pattern??""),update(N,C,H,F){let{wish:Y,explained:ne,tokens:I,basis:_}=N;if(!I||!_)return"";let W=`${Y.scale} ${Y.threshold} ${ne}`;if(l?.before!==H||l.now!==F||Z!==W){Z=W,u=null;let G=A(N,{tokens:I,basis:_},C,H,F);Q(M,G.alike),Q(h,G.scale);let oe=G.rows[0];d=oe?`Pinned text and text now: largest difference at ${oe.labels.map(Le).join(" becoming ")}, ${oe.value} points. ${G.alike}`:`Pinned text and text now: no difference. ${G.alike}`}return U(N),d}}}var Cn=e=>typeof e=="object"&&e!==null&&!Array.isArray(e);function Jt(e){return ArrayBuffer.isView(e)?new DataView(e.buffer.slice(e.byteOffset,e.byteOffset+e.byteLength)):e instanceof ArrayBuffer?e.slice(0):Array.isArray(e)?e.map(Jt):Cn(e)?Object.fromEntries(Object.entries(e).map(([t,n])=>[t,Jt(n)])):e}function $r(e,t,n){let{scope:r,target:o,foil:s,rank:i}=n,l={scope:r,target:o,foil:s,rank:i,...Oe(n)?{signed:!0}:{}};return{tokens:Jt(e),basis:Jt(t),question:l}}function ai(e){if(!Cn(e))return null;let t=rt.find(o=>o===e.scope),n=o=>Number.isInteger(e[o])?e[o]:null;if(!t)return null;let r={target:n("target"),foil:n("foil"),rank:n("rank")};return{scope:t,...r,signed:e.signed===!0}}function Sr(e){if(!Cn(e)||Object.keys(e).length===0)return{ok:!0,value:null};let t=Yn(e.tokens),n=Ft(e.basis),r=ai(e.question);return t.ok?n.ok?!t.value||!n.value||!r?{ok:!1,error:"a part of it is missing"}:n.value.length!==t.value.ids.length?{ok:!1,error:`${n.value.length} scores, ${t.value.ids.length} tokens`}:{ok:!0,value:{tokens:t.value,basis:n.value,question:r}}:n:t}var li={ok:!0,value:null},ci=(e,t)=>e.length===t.length&&e.every((n,r)=>n===t[r]);function ui(e,t){let n=({basis:r,question:o})=>{let s=o.scope==="semantic"||o.scope==="log_probability"||o.scope==="contrast";return[r.text,r.position,r.model,o.scope,Oe(o),s?Ze(r,o.target):null,o.scope==="contrast"?ot(r,o.target,o.foil):null,o.scope==="fisher"?o.rank:null].join("\0")};return n(e)===n(t)}function Mr(e){let{signal:t,uid:n,label:r}=e,o=p("div",{class:"jw-heading jw-part",id:`${n}-pinned`},"Pinned"),s=p("button",{type:"button",class:"jw-chip"},"Pin this picture"),i=p("button",{type:"button",class:"jw-chip"},"Unpin"),l=p("p",{class:"jw-quiet"}),a=p("dd"),u=p("dd"),d=p("dl",{class:"jw-questions"},p("dt",{},"Pinned"),a,p("dt",{},"Now"),u),c=xr(e),f=vr(e),g=p("section",{"aria-labelledby":o.id},p("div",{class:"jw-row"},o,s,i),l,d,c.el,f.el),b,m=li,v=null;function h(){let w=e.get("pinned");return w!==b&&(b=w,m=Sr(w)),m}s.addEventListener("click",()=>{let{question:w,fresh:T}=e.scene();if(!w||!T)return;let y=$r(e.get("tokens"),e.get("basis"),w);e.wish({pinned:y})},{signal:t}),i.addEventListener("click",()=>{e.wish({pinned:{}}),s.focus()},{signal:t});function x(w,T){let y=mr(T,r),j=fr(T),P=`${hr(y)} ${j}`;w.dataset.said!==P&&(w.dataset.said=P,w.replaceChildren(p("span",{},...Kt(y)),p("span",{class:"jw-quiet"},` ${j}`)))}function $(w,T){let y=w.tokens?.ids??[],j=T.tokens.ids;return(v?.of!==y||v.and!==j)&&(v={of:y,and:j,are:ci(y,j)}),v.are&&w.tokens?.text===T.tokens.text}function M(w){let T=at(w),{tokens:y,basis:j,picture:P,question:k,fresh:A}=T,L=h(),U=L.ok?L.value:null;V(s,"disabled",!A||!T.drawable),Q(s,U?"Pin this picture instead":"Pin this picture"),q(i,U!==null||!L.ok),q(c.el,!1),q(f.el,!1);let Z=y&&j&&k?{tokens:y,basis:j,question:k}:null;if(q(d,U!==null&&Z!==null),!L.ok)return Q(l,`What was pinned cannot be read (${L.error}). Pin again.`),q(l,!0),"";let[N,C]=S(T,U,Z,P!==null);return Q(l,N),q(l,N!==""),C}function S(w,T,y,j){if(!T)return["Keep this picture, then change scope, target or text: the next one is compared with it.",""];if(!y||!j||!w.picture)return["The picture to compare with is on its way.",""];x(a,T),x(u,y);let{tokens:P}=y;if(ui(T,y))return["This is the pinned picture. Change scope, target, token or text to compare.","Pinned."];let k=$(w,T);if(!k&&!f.fits(w,T))return["The pinned text is not cut by this pattern. Pin it again, or colour by words.",""];let A=T.question,L=e.picture(T.basis,k?P:T.tokens,A);if(!L)return["What was pinned has no scores for its question. Pin again.",""];let U=k?c:f;return q(U.el,!0),U.el.classList.toggle("is-stale",!w.fresh),V(U.el,"aria-busy",w.fresh?null:"true"),["",U.update(w,T,L,w.picture)]}return{el:g,update:M}}var pi=160;function Tr(e){let{uid:t,label:n}=e,r=p("div",{class:"jw-heading jw-part",id:`${t}-towards`}),o=p("p",{class:"jw-quiet"},"Gradient × input of the difference of the two logits: what each token adds to it, to first order."),s=Mt(),i=it(e,`${t}-towards-text`,"Towards",pi),l=p("p",{class:"jw-readout"}),a=ct(e,`${t}-for-target`),u=ct(e,`${t}-for-foil`),d=p("section",{"aria-labelledby":r.id},r,o,s.el,i.el,l,p("div",{class:"jw-both"},a.el,u.el)),c=null,f="",g=new Int8Array,b=[[],[]];return{el:d,update(m){let{tokens:v,starts:h,basis:x,question:$,wish:M,pointed:S}=m,w=$?.target??m.target,T=$?.foil??m.foil,y=v&&x&&w!==null&&T!==null&&w!==T?e.picture(x,v,{scope:"contrast",target:w,foil:T,rank:null,signed:!0}):null;if(q(d,y!==null&&m.drawable),!y||!v||!x||w===null||T===null)return"";let[j,P]=[Me(n(w)),Me(n(T))],k={scale:M.scale,vmax:null,threshold:M.threshold},A=`${j} ${P} ${k.scale} ${k.threshold}`,L=N=>y.scores[N];if(c!==y||f!==A){c=y,f=A,g=new Int8Array(h.length),st(y,k,g);let N=C=>[...y.order].filter(H=>C*L(H)>0).slice(0,An/2).map(H=>({labels:[$e(v,h,H)],detail:"",value:ue(Math.abs(L(H)),y.max),group:H}));b=[N(1),N(-1)],r.replaceChildren(...Kt(["Towards ",{token:j}," or towards ",{token:P}])),s.draw({more:`towards ${j}`,less:`towards ${P}`},`full ink: ${ue(y.max,y.max)} logits`)}let U=N=>{let C=h[N];return C>=x.end?Tn(C,x.end):(y.rank[N]??0)===0?"hidden":L(N)===0?"towards neither":`${ue(Math.abs(L(N)),y.max)} towards ${L(N)>0?j:P}`};i.name(`Towards ${j} or ${P}: ${h.length.toLocaleString("en")} ${We(m.granularity)}s`);let Z=$t(m,x);return i.draw({tokens:v,starts:h,levels:g,end:x.end,explained:Z,pointed:S,says:U}),a.draw(`Most towards ${j}`,b[0],S),u.draw(`Most towards ${P}`,b[1],S),l.replaceChildren(...S===null||S>=h.length?[St()]:Ge([$e(v,h,S)],U(S))),d.classList.toggle("is-stale",!m.fresh),V(d,"aria-busy",m.fresh?null:"true"),""}}}var di=400;function Er(e){let t=[wr(e),Mr(e),Tr(e)],n=p("div",{class:"jw-live",role:"status"}),r=p("div",{class:"jw-compare"},...t.map(i=>i.el),n),o="",s;return e.signal.addEventListener("abort",()=>clearTimeout(s)),{el:r,update(i){let a=t.map(u=>u.update(i)).filter(u=>u!=="").at(-1)??"";a===o||!i.fresh||(o=a,clearTimeout(s),s=setTimeout(()=>Q(n,a),di))}}}var Ar=`.jw .jw-compare {
  display: grid;
  gap: 22px;
}
.jw .jw-compare > section {
  min-width: 0;
}
.jw .jw-compare .jw-part {
  margin-bottom: 6px;
  color: var(--jw-fg);
  font-size: 13px;
}
.jw .jw-compare .is-stale {
  --jw-ink: var(--jw-edge);
  --jw-negative: var(--jw-edge);
}

/* The small texts */
.jw .jw-multiples {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr));
  gap: 14px 22px;
}
.jw .jw-multiple {
  display: flex;
  flex-direction: column;
  min-width: 0;
}
.jw .jw-multiple select {
  align-self: flex-start;
  min-height: 26px;
  margin-inline-start: -5px;
  padding: 2px 1px;
  border: 0;
  border-radius: 5px;
  background: var(--jw-bg);
  font-weight: 600;
  cursor: pointer;
}
.jw .jw-multiple select:hover {
  background: var(--jw-soft);
}
.jw .jw-mini {
  max-height: 17em;
  margin-inline: -4px;
  padding: 4px;
  overflow-y: auto;
  font: 14px / 1.85 var(--jw-content);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
  unicode-bidi: plaintext;
  scrollbar-color: var(--jw-edge) transparent;
  cursor: default;
}
.jw .jw-mini .jw-token {
  padding-block: 2px;
}
.jw .jw-compare .jw-readout {
  display: flex;
  gap: 7px;
  align-items: baseline;
  min-height: 1.45em;
  margin-top: 3px;
  font-variant-numeric: tabular-nums;
}
.jw .jw-names {
  min-width: 0;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.jw .jw-readout.jw-quiet {
  margin-top: 0;
  font-size: 12px;
}

/* A long text */
.jw .jw-strip {
  position: relative;
  margin-block: 4px;
  border: 1px solid var(--jw-line);
  cursor: pointer;
  touch-action: pan-y;
}
.jw .jw-strip-row {
  height: 9px;
  forced-color-adjust: none;
}
.jw .jw-strip-row + .jw-strip-row {
  border-top: 1px solid var(--jw-bg);
}
.jw .jw-cell {
  position: absolute;
  min-width: 4px;
  pointer-events: none;
}
.jw .jw-cell.is-hot {
  outline: 1.5px solid var(--jw-fg);
}

/* How alike */
.jw .jw-alike {
  width: 100%;
  max-width: 44rem;
  margin-top: 12px;
  border-collapse: collapse;
}
.jw .jw-alike caption {
  padding-bottom: 3px;
  text-align: start;
}
.jw .jw-alike caption:empty {
  display: none;
}
.jw .jw-alike th,
.jw .jw-alike td {
  padding: 3px 14px 3px 0;
  border-bottom: 1px dotted var(--jw-line);
  font-weight: 400;
  text-align: start;
  vertical-align: baseline;
}
.jw .jw-alike td:last-child {
  padding-inline-end: 0;
  color: var(--jw-mute);
}
.jw .jw-alike td:nth-child(2) {
  white-space: nowrap;
}
.jw .jw-alike + .jw-quiet {
  margin-top: 4px;
  font-size: 12px;
}

/* Pinned */
.jw .jw-compare .jw-row .jw-part {
  margin: 0 4px 0 0;
}
.jw .jw-compare .jw-chip:disabled {
  color: var(--jw-mute);
}
.jw .jw-compare .jw-row + .jw-quiet {
  margin-top: 6px;
}
.jw .jw-questions {
  display: grid;
  grid-template-columns: max-content minmax(0, 1fr);
  gap: 3px 12px;
  margin: 8px 0;
}
.jw .jw-questions dt {
  color: var(--jw-mute);
}
.jw .jw-sides {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 16px;
  align-items: baseline;
  margin-bottom: 4px;
}
.jw .jw-sign {
  display: inline-block;
  width: 18px;
  height: 13px;
  margin-inline-end: 6px;
  padding: 0;
  vertical-align: -2px;
  forced-color-adjust: none;
}
.jw .jw-sides .jw-sign,
.jw[data-bars] .jw-sides .jw-sign {
  cursor: default;
}
.jw .jw-compare .jw-ranked {
  max-width: 34rem;
  margin-top: 8px;
}
.jw .jw-ranked li > * {
  display: grid;
  grid-template-columns: minmax(0, 1fr) max-content 3.6em;
  gap: 12px;
  align-items: baseline;
  width: 100%;
  min-height: 24px;
  padding: 1px 0;
  border-bottom: 1px dotted var(--jw-line);
  text-align: start;
}
.jw .jw-ranked .jw-number:last-child {
  text-align: end;
}
.jw .jw-ranked button:hover,
.jw .jw-ranked .is-hot > * {
  background: var(--jw-soft);
  box-shadow:
    -5px 0 var(--jw-soft),
    5px 0 var(--jw-soft);
}
.jw .jw-ranked + p {
  margin-top: 8px;
}

/* Two texts */
.jw .jw-pairs {
  max-height: 26em;
  margin-inline: -4px;
  padding: 4px;
  overflow-y: auto;
  font: 15px / 1.6 var(--jw-content);
  scrollbar-color: var(--jw-edge) transparent;
}
.jw .jw-pair {
  display: inline-grid;
  max-width: 100%;
  margin-block: 3px;
  vertical-align: top;
  cursor: pointer;
}
.jw .jw-pair > span {
  min-height: 1.6em;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
  unicode-bidi: isolate;
}
.jw .jw-pair .jw-token {
  padding-block: 0 1px;
}
.jw .jw-pair.is-changed > span {
  border-inline: 1px solid var(--jw-line);
}
.jw .jw-pair .jw-token:hover {
  outline: none;
}
.jw .jw-pair.is-hot {
  outline: 1.5px solid var(--jw-fg);
  outline-offset: -1px;
}
.jw .jw-gap {
  min-width: 1em;
  background: repeating-linear-gradient(-45deg, transparent 0 3px, var(--jw-line) 3px 4px);
}
.jw .jw-delta {
  position: relative;
  height: 11px;
  background: linear-gradient(var(--jw-line), var(--jw-line)) 0 5px / 100% 1px no-repeat;
}
.jw .jw-delta::before {
  position: absolute;
  inset-inline: 1px;
  bottom: 6px;
  height: var(--jw-delta);
  background: var(--jw-ink);
  content: "";
  forced-color-adjust: none;
}
.jw .jw-delta.is-negative::before {
  top: 6px;
  bottom: auto;
  background: var(--jw-negative);
}

/* Towards */
.jw .jw-both {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr));
  gap: 0 28px;
}
.jw .jw-both .jw-ranked li > * {
  grid-template-columns: minmax(0, 1fr) 0 max-content;
  gap: 6px;
}

@media (max-width: 480px) {
  .jw .jw-alike tr {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    padding-block: 4px;
    border-bottom: 1px dotted var(--jw-line);
  }
  .jw .jw-alike th {
    grid-column: 1 / -1;
  }
  .jw .jw-alike th,
  .jw .jw-alike td {
    padding-block: 0;
    border: 0;
  }
}
@media (forced-colors: active) {
  .jw .jw-strip,
  .jw .jw-delta {
    --jw-ink: Highlight;
    --jw-negative: GrayText;
  }
  .jw .jw-cell.is-hot {
    outline-color: CanvasText;
  }
  .jw .jw-compare .jw-token.is-negative {
    border-top: var(--jw-bar, 0) solid GrayText;
    border-bottom: 0;
  }
  .jw .jw-pair > span {
    min-height: calc(1.6em + 5px);
  }
  .jw .jw-compare .jw-sign {
    border: 0;
    background: Highlight;
  }
  .jw .jw-compare .jw-sign.is-negative {
    background: GrayText;
  }
}
`;var Lr=[{name:"liberal",title:"Tom, a liberal",question:"Which facts about Tom lead to ‘liberal’?",text:"Tom loves Korean food. He grew up in the South and goes to Columbia. He is a liberal",scope:"semantic",position:-1,target:null,foil:null,granularity:"token",panel:""},{name:"conservative",title:"Tom, a conservative",question:"The same facts, the other word: what changes?",text:"Tom loves Korean food. He grew up in the South and goes to Columbia. He is a conservative",scope:"semantic",position:-1,target:null,foil:null,granularity:"token",panel:"compare"},{name:"either",title:"Liberal or conservative",question:"Why the one rather than the other?",text:"Tom loves Korean food. He grew up in the South and goes to Columbia. He is a",scope:"contrast",position:null,target:" liberal",foil:" conservative",granularity:"token",panel:""},{name:"translation",title:"Translation",question:"Which German word does ‘attribution’ come from?",text:"German: Dies ist ein Aufsatz über kausale Zuschreibung. English: This is a paper on causal attribution",scope:"semantic",position:-1,target:null,foil:null,granularity:"token",panel:""},{name:"truthful",title:"Instruction: truthful",question:"Which part of the instruction leads to ‘truthful’?",text:"As a state-of-the-art AI assistant, you never argue or deceive, because you are truthful",scope:"semantic",position:-1,target:null,foil:null,granularity:"token",panel:""},{name:"nice",title:"Instruction: nice",question:"Which part leads to ‘nice’?",text:"As a state-of-the-art AI assistant, you always praise and never insult, because you are nice",scope:"semantic",position:-1,target:null,foil:null,granularity:"token",panel:""},{name:"capital",title:"A fact",question:"Is it the country that makes the answer Paris?",text:"The capital of France is",scope:"semantic",position:null,target:" Paris",foil:" London",granularity:"token",panel:""},{name:"pronoun",title:"He or she",question:"What makes the model say ‘she’ rather than ‘he’?",text:"The nurse handed the doctor a note, because",scope:"contrast",position:null,target:" she",foil:" he",granularity:"token",panel:""},{name:"doubt",title:"Doubt",question:"Which words leave the model unsure?",text:"She opened the old wooden box that her grandmother had left her, and inside it she found a",scope:"entropy",position:null,target:null,foil:null,granularity:"token",panel:""},{name:"lorenz",title:"Lorenz system",question:"A chaotic series: how far back does the model look?",text:"558,547,542,543,549,559,574,596,626,668,722,782,833,850,818,749,671,606,559,529,510,498,490,482,474,463,448,427,398,356,302,238,178,150,176,248,333,406,459,494,516,531,543,555,569,589,615,650,695,749,802,835,829,782,713,646,594,558,535,522,",scope:"fisher",position:null,target:null,foil:null,granularity:"number",panel:"series"},{name:"brownian",title:"Brownian motion",question:"A random walk: does anything but the last value count?",text:"458,450,488,494,462,484,560,616,574,500,464,466,329,317,243,201,169,150,174,235,228,308,269,290,343,348,305,250,224,236,177,165,156,187,200,221,182,175,221,308,235,323,402,448,464,445,531,646,752,829,850,779,779,817,742,765,790,831,761,723,",scope:"fisher",position:null,target:null,foil:null,granularity:"number",panel:"series"}];function hi(e){let{text:t,scope:n,position:r,target:o,foil:s,granularity:i,panel:l}=e;return{text:t,scope:n,position:r,target:o,foil:s,rank:null,granularity:i,vmax:null,panel:l}}function Pr({wish:e,dispatch:t,root:n,signal:r}){let o=p("p",{class:"jw-quiet",hidden:!0},"A saved page: these need a running kernel."),s=Lr.map(a=>{let u=p("button",{type:"button",class:"jw-example","data-name":a.name},p("b",{},a.title),p("span",{class:"jw-example-question"},a.question),p("span",{class:"jw-example-text jw-quiet"},a.text),p("span",{class:"jw-example-scope jw-quiet"},be[a.scope].name));return u.addEventListener("click",()=>l(a),{signal:r}),{card:u,example:a}}),i=p("div",{},o,p("ul",{class:"jw-examples","aria-label":"Examples"},...s.map(({card:a})=>p("li",{},a))));function l(a){t({type:"drop-draft"}),e(hi(a)),n.querySelector(".jw-text [tabindex='0']")?.focus({preventScroll:!0}),n.scrollIntoView({block:"nearest"})}return{el:i,update({wish:a,state:u}){let d=u==="no-kernel";q(o,d);for(let{card:c,example:f}of s)c.disabled=d,V(c,"aria-current",a.text===f.text?"true":null)},opened:()=>s[0]?.card.focus({preventScroll:!0})}}var Cr=`.jw .jw-examples {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr));
  gap: 10px;
}
.jw :not([hidden]) + .jw-examples {
  margin-top: 10px;
}
.jw .jw-examples li {
  display: flex;
  min-width: 0;
}
.jw .jw-example {
  display: flex;
  flex: 1;
  flex-direction: column;
  gap: 3px;
  align-items: flex-start;
  min-width: 0;
  padding: 9px 12px;
  border: 1px solid var(--jw-line);
  border-radius: 7px;
  text-align: start;
  white-space: normal;
}
.jw .jw-example:hover:enabled {
  border-color: var(--jw-edge);
  background: var(--jw-soft);
}
.jw .jw-example:disabled {
  color: var(--jw-mute);
  cursor: default;
}
.jw .jw-example[aria-current] {
  border-color: var(--jw-fg);
}
.jw .jw-example-text {
  display: -webkit-box;
  overflow: hidden;
  font: 13px / 1.45 var(--jw-content);
  overflow-wrap: anywhere;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
}
.jw .jw-example-scope {
  margin-top: auto;
  padding-top: 3px;
  font-size: 12px;
}
`;var Ir={semantic:{formula:"‖Jₜᵀ v‖, v = Z[k]",paragraph:"Choose a token, likely or not, and see which words hold its logit where it is. Nudge the embedding of token t by one unit in the worst direction, and the target’s logit changes by the score, to first order. A logit is not a probability: a token that lifts all logits alike scores here, though the prediction stays as it is. To leave that out, ask for Log-probability."},fisher:{formula:"tr(Jₜᵀ F Jₜ), F = Zᵀ(diag p − p pᵀ)Z; rank k keeps the k largest eigenvalues of F",paragraph:"No target is needed: F, the Fisher information of the prediction, measures every change of the distribution at once by its KL divergence. With Gaussian noise of size ε on the embedding of token t, the expected divergence is ε²/2 times the score. The trace runs over all directions; where it is estimated, its standard error stands beside it. Rank 1 keeps only the strongest direction, as the paper’s code does, and misses much of the trace."},temperature:{formula:"‖Jₜᵀ ŷ‖, ŷ = y / ‖y‖, β = ‖y‖",paragraph:"The length β of the final hidden state scales all logits alike, so it acts as an inverse temperature: a token that raises it makes the prediction sharper, whatever it is. It depends on how the model is written down: folding the final norm’s gain into the unembedding leaves every logit as it is and makes this scope vanish; Entropy does not change. So does a norm without a gain. When in doubt, ask for Entropy."},contrast:{formula:"‖Jₜᵀ v‖, v = Z[a] − Z[b]",paragraph:"Why one token rather than another: whatever moves both logits alike cancels, and only what tells the two apart is left. It suits minimal pairs, such as a city and the city it could be mistaken for. The two need not be likely, but each has to be a single token."},log_probability:{formula:"‖Jₜᵀ v‖, v = Z[k] − Σⱼ pⱼ Z[j]",paragraph:"Like Semantic, but the target is weighed against all other tokens: only what changes its share of the prediction counts. For a token that is almost certain the scores become small, since its probability can hardly rise; ask for Contrast then."},entropy:{formula:"‖Jₜᵀ v‖, v = ∇H = −Zᵀ(p ⊙ (log p + H))",paragraph:"Which words make the model surer or less sure, whichever token it then prefers. H is the entropy of the next-token distribution; it does not depend on how the model is written down, which is why it replaces Temperature where that says nothing."}};var Or=10,Xt=3,Yt=e=>`‘⁨${e.replace(/␣/g," ")}⁩’`;function wi({scope:e,target:t,foil:n},r){let o=s=>s===null?"the target":Yt(Me(r(s)));switch(e){case"semantic":return`the logit of ${o(t)}`;case"log_probability":return`the log-probability of ${o(t)}`;case"contrast":return`the choice of ${o(t)} rather than ${o(n)}`;case"fisher":return"the whole prediction";case"temperature":return"the model’s confidence";case"entropy":return"the model’s uncertainty"}}function Rr(e,t,n){let{picture:r,question:o,tokens:s,starts:i,explained:l,basis:a}=e;if(!r||!o||!s||!a)return[];let u=S=>t.querySelector(S),d=wi(o,n),c=r.order[0],f=c===void 0?null:lr(e,c),g=cr(e.granularity),b=l===null?"the token that would come next":Yt($e(s,i,l)),m=a.predictions[0],v=r.bosShare>0?` BOS, which stands before the text, holds ${me(r.bosShare)}.`:"",h=l===null?"":" Tokens after the ring cannot have moved it, so they are dimmed.",x=e.state==="no-kernel"?"":" Click any other token, or use the arrow keys and Enter, to explain that one instead.",$=e.wish.scale==="rank"?`From the least ink at ${ue(rr(0,r,e.wish),r.max)}`:"From no ink at 0";return[{title:"The question",words:`You are asking what moved ${d}. The scopes above change the question, and its framed words are buttons.`,part:u(".jw-ask")},{title:"The explained token",words:`The ring marks what is explained: ${b}.${x}`,part:u(".jw-text .jw-ring, .jw-text .is-explained")},{title:"The answer, in the text",words:f&&r.max>0?`${Yt(f.label)} moves ${d} most: ${f.score} ${Re(o)}, ${f.share}. The deeper the colour and the taller the underline, the more a ${g} moved it.${h}`:`Here no ${g} has any influence.`,part:c===void 0?null:u(`.jw-text [data-start="${i[c]}"]`)},{title:"The colour bar",words:`${$} to full ink at the strongest ${g}. Its unit is that of the scope: ${Re(o)}.${v}`,part:u(".jw-scale")},{title:"What the model expects",words:m?`At this place ${Yt(Me(m.label))} is likeliest, with ${Je(m.p)}. Click a row to ask about that token, or “vs” to ask why not that one.`:"Here stand the tokens that the model expects at this place.",part:u(".jw-predictions")},{title:`The strongest ${g}s`,words:`The same scores as a list, the strongest of ${r.scored.toLocaleString("en")} first. Point at one to find it in the text.`,part:u(".jw-strongest")},{title:"Tokens, words, lines",words:"Here you choose what is coloured as one. The influence of a word, a number or a line is the joint one of its tokens, computed exactly and not as a mean.",part:u("[aria-controls$='-tokens']")},{title:"Everything else",words:"Behind these words: pictures side by side, the map of the whole text, a series of numbers as a plot, examples, and ways to save what you see.",part:[u(".jw-views"),u("[aria-controls$='-view']")].find(Nr)??null}].filter(({part:S})=>Nr(S))}function xi(e){let[t,...n]=e.getClientRects();if(!t||n.length===0&&e.closest(".jw-text")===null)return e.getBoundingClientRect();let{left:r,right:o}=t;for(let s=e.nextElementSibling;s?.ariaHidden==="true";s=s.nextElementSibling){let[i]=s.getClientRects();if(!i||Math.abs(i.top-t.top)>t.height/2)break;r=Math.min(r,i.left),o=Math.max(o,i.right)}return new DOMRect(r,t.top,o-r,t.height)}function Nr(e){return e!==null&&e.getClientRects().length>0}function Wr(e,t){let{root:n,keys:r,label:o,signal:s,uid:i,scene:l}=e,a=p("span",{class:"jw-tour-count jw-quiet"}),u=p("b",{id:`${i}-tour-title`}),d=p("p",{id:`${i}-tour-words`}),c=p("button",{type:"button",class:"jw-tool"},"Back"),f=p("button",{type:"button",class:"jw-primary"},"Next"),g=p("button",{type:"button",class:"jw-tool"},"End"),b=p("div",{class:"jw-tour",role:"dialog","aria-labelledby":`${i}-tour-title`,"aria-describedby":`${i}-tour-words`,hidden:!0},u,d,p("div",{class:"jw-row"},a,g,c,f)),m=p("div",{class:"jw-tour-ring","aria-hidden":"true",hidden:!0}),v=[],h=null,x=null;function $(){let y=h===null?null:v[h]?.part;if(!y?.isConnected)return;let j=n.getBoundingClientRect(),P=n.querySelector(".jw-text")?.getBoundingClientRect(),k=xi(y),L=!(P!==void 0&&y.closest(".jw-text")!==null)||k.bottom>P.top&&k.top<P.bottom;q(m,L),m.style.left=`${k.left-j.left-Xt}px`,m.style.top=`${k.top-j.top-Xt}px`,m.style.width=`${k.width+2*Xt}px`,m.style.height=`${k.height+2*Xt}px`;let U=Math.max(6,j.width-b.offsetWidth-6);b.style.left=`${Math.min(U,Math.max(6,k.left-j.left))}px`;let Z=k.bottom-j.top+Or,N=k.top-j.top-b.offsetHeight-Or,C=Z+b.offsetHeight<=j.height;b.style.top=`${C||N<0?Z:N}px`}function M(){if(h===null)return;let y=v[h];y&&(Q(u,y.title),Q(d,y.words),Q(a,`${h+1} of ${v.length}`),c.disabled=h===0,Q(f,h===v.length-1?"Done":"Next"),$())}function S(y){if(y>=v.length){T();return}h=Math.max(0,y),M();let j=matchMedia("(prefers-reduced-motion: reduce)").matches;for(let P of[v[h]?.part,b])P?.scrollIntoView({block:"nearest",behavior:j?"auto":"smooth"});c.disabled&&Gn(b)===c&&f.focus({preventScroll:!0})}function w(){if(v=Rr(l(),n,o),v.length===0)return;n.append(m,b),q(m,!0),q(b,!0),x?.abort(),x=new AbortController;let y=AbortSignal.any([s,x.signal]);n.addEventListener("scroll",$,{signal:y,capture:!0,passive:!0});let j=new ResizeObserver($);j.observe(n),y.addEventListener("abort",()=>j.disconnect()),S(0),f.focus({preventScroll:!0})}function T(){h=null,x?.abort(),m.remove(),b.remove(),t()}return f.addEventListener("click",()=>S((h??0)+1),{signal:s}),c.addEventListener("click",()=>S((h??0)-1),{signal:s}),g.addEventListener("click",T,{signal:s}),r.on(b,y=>{if(y.ctrlKey||y.metaKey||y.altKey)return!1;if(y.key==="Escape")T();else if(y.key==="ArrowRight")S((h??0)+1);else if(y.key==="ArrowLeft")S((h??0)-1);else return!1;return!0}),s.addEventListener("abort",()=>{m.remove(),b.remove()}),{start:w,update(y){if(h===null)return;let j=Rr(y,n,o);if(j.length===0)return;let P=v[h]?.title;v=j;let k=j.findIndex(A=>A.title===P);h=k>=0?k:Math.min(h,j.length-1),M()}}}var yi=[["In the text",[["← → ↑ ↓","walk"],["Home End","first token, the “next” slot"],["Enter or Space","explain the token"]]],["In the editor",[["Ctrl+Enter","explain the edited text"]]],["In a series or a map",[["← → ↑ ↓","walk its values or cells"],["Enter","explain the one you are on"],["+ − 0","zoom in, zoom out, show all"]]],["Anywhere here",[["Esc","undo the zoom, close, or restore the text"],["?","this help"]]]],ji="Jₜ is the Jacobian of the final hidden state y with respect to the embedding of token t. Z = dz/dy takes y to the logits z, p is the prediction. The position explained is fixed.",ki=["A score is a gradient norm: the most the asked quantity can change, to first order, when the token’s embedding moves by one unit. It has no sign; gradient × input, under Scale, has one. Fisher adds up over all directions and is given in nats; where it is estimated, ± is one standard error.","A share is the token’s part of the total: of the squares, or of the trace for Fisher, with BOS included. So shares add up when tokens are grouped into words, numbers or lines, and what is hidden is named with its share."],vi=["A gradient says what a small change would do, not what would happen if the word were gone. A token can matter and have a small gradient, once the model is sure.","No scope wins everywhere: on some models and texts one ranks tokens better by what happens when they are deleted, on others another, and the differences are often within the error. So try more than one on your own text, and check the strongest tokens by leaving them out.","Temperature depends on how the model is written down, and says nothing for a final norm without a gain. When in doubt, ask for Entropy."];function $i(e){let{name:t,explains:n,unit:r}=be[e],{paragraph:o,formula:s}=Ir[e],i=p("details",{class:"jw-help-scope"},p("summary",{},p("b",{},t),p("span",{class:"jw-quiet"},n)),p("p",{},o),p("p",{class:"jw-help-formula"},s),p("p",{class:"jw-quiet"},`In ${r}.`));return{scope:e,el:i}}function Dr(e){let t=rt.map($i),n=p("div",{},...t.map(({el:d})=>d)),r=p("button",{type:"button",class:"jw-primary"},"What am I looking at?"),o=p("span",{class:"jw-quiet"},"A walk through the parts, on your own text."),s=(d,...c)=>p("section",{},p("h3",{},d),...c),i=yi.flatMap(([d,c])=>[p("dt",{class:"jw-quiet jw-help-where"},d),...c.flatMap(([f,g])=>[p("dt",{},p("kbd",{},f)),p("dd",{},g)])]),l=p("div",{class:"jw-help"},p("div",{class:"jw-row"},r,o),s("What each scope explains",n,p("p",{class:"jw-quiet"},ji)),s("How to read the numbers",...ki.map(d=>p("p",{},d))),s("What the numbers do not say",...vi.map(d=>p("p",{},d))),s("Keys",p("dl",{class:"jw-keys"},...i))),a=Wr(e,()=>r.focus());r.addEventListener("click",()=>a.start(),{signal:e.signal});let u=null;return{el:l,update(d){let{scope:c}=d.wish;if(c!==u){u=c;for(let g of t)g.el.open=g.scope===c;n.replaceChildren(...[...t].sort((g,b)=>+(b.scope===c)-+(g.scope===c)).map(g=>g.el))}let f=d.picture!==null;r.disabled=!f,Q(o,f?"A walk through the parts, on your own text.":"Once there is a picture."),a.update(d)},opened:()=>(r.disabled?n.querySelector("summary"):r)?.focus({preventScroll:!0})}}var Hr=`.jw .jw-help section {
  margin-top: 14px;
}
.jw .jw-help h3 {
  margin: 0 0 4px;
  font-size: 13px;
}
.jw .jw-help p {
  max-width: 84ch;
  margin: 4px 0 8px;
}
.jw .jw-help-scope {
  border-bottom: 1px solid var(--jw-line);
}
.jw .jw-help-scope > p {
  margin-inline-start: 18px;
}
.jw .jw-help-scope summary {
  min-height: 28px;
  padding-block: 4px;
  cursor: pointer;
}
.jw .jw-help-scope summary b {
  margin-inline: 4px 10px;
}
.jw .jw-help-formula {
  font: 15px / 1.5 var(--jw-content);
}
.jw .jw-help .jw-keys {
  display: grid;
  grid-template-columns: max-content minmax(0, 1fr);
  gap: 3px 14px;
}
.jw .jw-help-where {
  grid-column: 1 / -1;
  margin-top: 4px;
}
.jw .jw-help kbd {
  font: 12px var(--jw-mono);
}

/* The tour */
.jw .jw-tour-ring {
  position: absolute;
  z-index: 5;
  border: 2px solid var(--jw-fg);
  border-radius: 6px;
  box-shadow: 0 0 0 3px var(--jw-bg);
  pointer-events: none;
  transition:
    inset 0.15s,
    width 0.15s,
    height 0.15s;
}
.jw .jw-tour {
  position: absolute;
  z-index: 6;
  width: min(25em, calc(100% - 12px));
  padding: 11px 14px 9px;
  border: 1px solid var(--jw-edge);
  border-radius: 8px;
  background: var(--jw-bg);
  box-shadow: 0 6px 22px rgb(0 0 0 / 0.25);
}
.jw .jw-tour p {
  margin: 4px 0 9px;
}
.jw .jw-tour .jw-row {
  justify-content: flex-end;
}
.jw .jw-tour .jw-tour-count {
  margin-inline-end: auto;
  font-size: 12px;
}
@media (prefers-reduced-motion: reduce) {
  .jw .jw-tour-ring {
    transition: none;
  }
}
@media (forced-colors: active) {
  .jw .jw-tour-ring {
    border-color: Highlight;
  }
}
`;function Br(e){return .7+(2.8-.7)*Math.max(0,Math.min(1,e))}function _r(e,t){let n=l=>Math.round(l*10)/10,r=(e.top+e.bottom)/2;if(r>t.top&&r<t.bottom){let l=Math.min(25,6+Math.abs(e.x-t.x)*.04),a=Math.min(e.top,t.top)-l/.75;return`M${n(e.x)} ${n(e.top)}C${n(e.x)} ${n(a)} ${n(t.x)} ${n(a)} ${n(t.x)} ${n(t.top)}`}let[o,s]=e.top>t.top?[e.top,t.bottom]:[e.bottom,t.top],i=(o+s)/2;return`M${n(e.x)} ${n(o)}C${n(e.x)} ${n(i)} ${n(t.x)} ${n(i)} ${n(t.x)} ${n(s)}`}var Mi=["waiting","computing","stopped","done","too long"];function ut(e){return e*(e-1)/2}function _e(e,t,n){return n<t?e.scores[ut(t)+n]:0}function zr(e,t){let n=e.rowTotal[t];return n>0?e.bos[t]**2/n:0}function qr(e,t,n){let r=_e(e,t,n),o=ut(t),s=1;for(let i=0;i<t;i++)e.scores[o+i]>r&&s++;return s}function en(e,t,n,r){let o=ut(t),s=[];for(let i=0;i<t;i++){let l=e.scores[o+i];if(!(l>0)||r?.(i))continue;let a=s.length;for(;a>0&&l>e.scores[o+s[a-1]];)a--;a>=n||(s.splice(a,0,i),s.length>n&&s.pop())}return s}function Ur(e){let t=e.ids.map((n,r)=>r);if(e.generated!==null){let n=e.generated;return t.filter(r=>r>=n)}return t.filter(n=>e.roles?.[n]==="assistant")}function Fr(e,t){let n=ArrayBuffer.isView(e)?e:e instanceof ArrayBuffer?new Uint8Array(e):null;if(!n||n.byteLength%2!==0)return null;let r=n.buffer.slice(n.byteOffset,n.byteOffset+n.byteLength),o=new Uint16Array(r),s=new Uint32Array(o.length);for(let a=0;a<o.length;a++){let u=o[a];if(u>=31744)return null;s[a]=u<<13}let i=new Float32Array(s.buffer),l=t*2**112;for(let a=0;a<i.length;a++)i[a]=i[a]*l;return i}function Tt(e){return{ok:!1,error:`map: ${e}`}}function Vr(e){if(typeof e!="object"||e===null)return{ok:!0,value:null};let t=e;if(typeof t.error=="string")return{ok:!1,error:t.error};if(Object.keys(t).length===0)return{ok:!0,value:null};let{text:n,scale:r}=t,[o,s]=[Number(t.n),Number(t.rows)],i=Mi.find(b=>b===t.state),l=rt.find(b=>b===t.scope);if(typeof n!="string"||!i||!l)return Tt("it has no text, state or scope");if(!Number.isInteger(o)||!Number.isInteger(s)||s<0||s>o)return Tt(`it has ${s} rows of ${o}`);if(typeof r!="number"||!(r>0)||!Number.isFinite(r))return Tt("it has no scale");let a=Fr(t.scores,r),u=Fr(t.bos,r);if(!a||!u)return Tt("its scores are not float16 data");if(a.length!==s*(s-1)/2||u.length!==s)return Tt(`${a.length} scores and ${u.length} of BOS do not make ${s} rows`);let d=new Float32Array(s),c=new Float64Array(s),f=0;for(let b=0,m=0;b<s;b++){let v=0,h=u[b]**2;for(let x=0;x<b;x++,m++){let $=a[m];h+=$*$,$>v&&(v=$)}d[b]=v,c[b]=h,v>f&&(f=v)}return{ok:!0,value:{text:n,scope:l,unit:typeof t.unit=="string"?t.unit:"",state:i,seconds:typeof t.seconds=="number"?t.seconds:0,n:o,rows:s,scores:a,bos:u,rowMax:d,rowTotal:c,max:f}}}var Gr=1/100,Ti=Math.asinh(1/Gr),In=34,Ei=64;function Ai(e,t){return e==="log"?Math.asinh(t/Gr)/Ti:e==="share"?t*t:t}var nn=13,tn=12;function On(e){return new Uint32Array(e.buffer,e.byteOffset,e.length)}function Li(e){let t=On(e).map((o,s)=>o>>>nn<<tn|s);t.sort();let n=new Float32Array(e.length),r=e.length;for(let o=e.length-1;o>=0;o--){let s=t[o];o+1<e.length&&s>>>tn!==t[o+1]>>>tn&&(r=o+1),n[s&2**tn-1]=r/e.length}return n}function dt(e,t){if(t.scale!=="rank"||t.perRow)return null;let n=new Uint32Array(2**(31-nn)),r=On(e.scores);for(let o=0;o<r.length;o++){let s=r[o]>>>nn;n[s]=n[s]+1}for(let o=1;o<n.length;o++)n[o]=n[o]+n[o-1];return n}function Et(e,t,n,r){let o=e.scores.subarray(ut(t),ut(t)+t),s=n.perRow?e.rowMax[t]:n.vmax??e.max,i=On(o),l=n.scale==="rank"&&!r?Li(o):null,a=new Float32Array(t);for(let u=0;u<t;u++){let d=o[u];if(!(d>0))continue;let c;r?c=r[i[u]>>>nn]/e.scores.length:c=l?l[u]:Ai(n.scale,Math.min(1,d/s)),c>=n.threshold&&(a[u]=c)}return a}function Kr(e,t){let{n}=e,r=new Uint8Array(n*n),o=dt(e,t);for(let s=1;s<e.rows;s++){let i=Et(e,s,t,o);for(let l=0;l<s;l++){let a=i[l];a>0&&(r[s*n+l]=Math.max(3,Math.round(255*a)))}}return r}function Qr(e,t){let n=Math.ceil(t/2),r=new Uint8Array(n*n);for(let o=0;o<t;o++){let s=(o>>1)*n;for(let i=0,l=o*t;i<t;i++,l++){let a=e[l],u=s+(i>>1);a>r[u]&&(r[u]=a)}}return r}function Zr(e,t,n){let r=0;for(;e*t*2**r<1&&n>>r>1;)r++;return r}function mt(e,t){return{x:0,y:0,cell:Math.min(In,t/Math.max(1,e))}}function pt(e,t,n){let r=mt(t,n).cell,o=Math.max(r,Math.min(e.cell,Math.max(Ei,r))),s=Math.max(0,t-n/o);return{x:Math.max(0,Math.min(s,e.x)),y:Math.max(0,Math.min(s,e.y)),cell:o}}function Jr(e,t,n,r,o,s){let{cell:i}=pt({...e,cell:e.cell*t},o,s);return pt({x:e.x+n/e.cell-n/i,y:e.y+r/e.cell-r/i,cell:i},o,s)}function Xr(e,t,n,r,o){return pt({...e,x:e.x-t/e.cell,y:e.y-n/e.cell},r,o)}function Yr(e,{q:t,t:n},r,o){let s=o/e.cell,i=(l,a)=>Math.min(a,Math.max(l,a+1-s));return pt({...e,x:i(e.x,n),y:i(e.y,t)},r,o)}function eo(e,t,n,r){let o=Math.floor(e.x+t/e.cell),s=Math.floor(e.y+n/e.cell);return o>=0&&o<s&&s<r?{q:s,t:o}:null}function to({q:e,t},n,r){let s={ArrowUp:[-1,0],ArrowDown:[1,0],ArrowLeft:[0,-1],ArrowRight:[0,1],PageUp:[-10,0],PageDown:[10,0],Home:[0,-t],End:[0,e]}[n];if(!s)return null;let i=Math.max(1,Math.min(r-1,e+s[0]));return{q:i,t:Math.max(0,Math.min(i-1,t+s[1]))}}var no=4096,Rn=e=>`about ${sr(e)}`;function ro({tokens:e,map:t,error:n,kernel:r,asked:o}){let s=(d,c=null)=>({words:d,button:c,done:0,total:0}),i=e?.ids.length??0;if(i===0)return s("There is no text to map yet.");if(i>no||t?.state==="too long"){let d=no.toLocaleString("en");return s(`A map is drawn of up to ${d} tokens; this text has ${i.toLocaleString("en")}.`)}if(n!==null)return s(n);let l=pe(i,"token");if(t===null)return s(r?o?"Waiting for the model …":"Asking how long the map takes …":"No map was saved with this text. To compute one takes a running kernel.");let a=`${t.rows.toLocaleString("en")} of ${l}`,u=(d,c=null)=>({words:d,button:c,done:t.rows,total:t.n});return t.state==="done"?s(""):r?t.state==="waiting"?o?s("Waiting for the model …","stop"):s(`${l}, ${Rn(t.seconds)}`,"compute"):t.state==="computing"?u(`${a}, ${Rn(t.seconds)} left`,o?"stop":null):o?u("Waiting for the model …","stop"):u(`Stopped at ${a}, ${Rn(t.seconds)} for the rest`,"continue"):t.rows>0?s(`A saved map of ${a}. To compute the rest takes a running kernel.`):s("No map was saved with this text. To compute one takes a running kernel.")}function oo(e,t,n){let{name:r}=be[e.scope],o=n?"each row is a token, each column a token before it that moved it":"the tokens that moved each token of the answer most",s=t==="fisher"||t==="contrast"?` ${be[t].name} has no map.`:"";return`${r}: ${o}.${s}`}function Nn(e,t,n){return{score:`${ue(_e(e,t,n),e.rowMax[t])}${e.unit?` ${e.unit}`:""}`,place:`${Ae(qr(e,t,n))} of ${t.toLocaleString("en")}`}}function so(e,t,n,r){let{score:o,place:s}=Nn(e,n,r);return`${rn(t,n)}, from ${rn(t,r)}: ${o}, ${s}`}function rn(e,t){return Le(Ee(e,t))}function Ee(e,t){let n=Me(e.labels[t]??"");return n.length>40?`${[...n].slice(0,38).join("")}…`:n}function on(e,t){let n=zr(e,t);return n>=.005?`BOS holds ${me(n)} of what moved it.`:""}var Ci=5,Ii=2,Oi=400,sn="http://www.w3.org/2000/svg";function io({map:e,ink:t,hidden:n},r,o){if(r>=e.rows)return[];let s=Et(e,r,t,o);return en(e,r,Ci,n).map(i=>({t:i,weight:s[i]}))}function ao({dispatch:e,scene:t}){return n=>{let{starts:r}=t();e({type:"hover",group:n===null?null:Ie(r,n)})}}function lo(e){let{wishes:t,signal:n}=e,r=ao(e),o=p("ol",{class:"jw-map-columns","aria-label":"The answer, with what moved each token"}),s=l=>{let a=l.target.closest("[data-t]")?.dataset.t;return a===void 0?null:Number(a)};o.addEventListener("pointerover",l=>r(s(l)),{signal:n}),o.addEventListener("pointerleave",()=>r(null),{signal:n}),o.addEventListener("focusin",l=>{l.target.matches(":focus-visible")&&r(s(l))},{signal:n}),o.addEventListener("focusout",()=>r(null),{signal:n}),o.addEventListener("click",l=>{let a=l.target.closest("button")?s(l):null;a!==null&&t.explain(a)},{signal:n});function i(l,a,u){let{map:d,tokens:c}=l,f=p("button",{type:"button",class:"jw-label","data-t":a},Ee(c,a));f.setAttribute("aria-label",`Explain ${rn(c,a)} in the text`);let g=p("li",{class:"jw-map-answer"},f);if(a>=d.rows)return g.append(p("span",{class:"jw-quiet"},"to come")),g;let b=p("ol",{"aria-label":"Strongest sources"});for(let{t:m,weight:v}of io(l,a,u)){let h=p("span",{class:"jw-label jw-map-chip"},Ee(c,m));h.style.setProperty("--jw-map-weight",`${Math.round(58*v)}%`);let x=ue(_e(d,a,m),d.rowMax[a]);b.append(p("li",{"data-t":m},h,p("span",{class:"jw-number jw-quiet"},x)))}return g.append(b),g.title=on(d,a),g}return{el:o,show(l){let a=dt(l.map,l.ink);o.replaceChildren(...l.answer.map(u=>i(l,u,a)))}}}function co(e){let{wishes:t,signal:n}=e,r=ao(e),o=document.createElementNS(sn,"g"),s=document.createElementNS(sn,"g"),i=document.createElementNS(sn,"svg");i.setAttribute("class","jw-map-arcs"),i.setAttribute("aria-hidden","true"),i.append(o,s);let l=p("div",{class:"jw-map-words"}),a=p("p",{class:"jw-map-said jw-quiet"}),u=p("div",{class:"jw-map-page"},i,l),d=p("div",{class:"jw-map-scroll",tabindex:0,role:"region"},u);d.setAttribute("aria-label","The text, with arcs from each token of the answer to what moved it");let c=p("div",{},d,a),f=null,g=[],b=[],m=null;function v(w){let T=g[w],y=T.getClientRects()[0]??T.getBoundingClientRect(),j=u.getBoundingClientRect();return{x:y.left-j.left+y.width/2,top:y.top-j.top,bottom:y.bottom-j.top}}function h(w,T){let y=P=>{let k=T.get(P);return k||(k=v(P),T.set(P,k)),k},j=document.createElementNS(sn,"path");return j.setAttribute("d",_r(y(w.q),y(w.t))),j.setAttribute("stroke-width",Br(w.weight).toFixed(2)),j.setAttribute("stroke-opacity",(.15+.6*w.weight).toFixed(2)),j}function x(){if(!c.isConnected||c.hidden)return;let w=b.filter(y=>y.nth<Ii).sort((y,j)=>j.weight-y.weight).slice(0,Oi),T=new Map;o.replaceChildren(...w.map(y=>h(y,T))),$(m)}function $(w){m=w;let T=w!==null&&b.some(A=>A.q===w)?"q":"t",y=w===null?[]:b.filter(A=>A[T]===w),j=y.length>0;o.setAttribute("visibility",j?"hidden":"visible");let P=new Map;s.replaceChildren(...y.map(A=>h(A,P)));let k=new Set(y.flatMap(A=>[A.q,A.t]));for(let[A,L]of g.entries())L.classList.toggle("is-lit",k.has(A)),L.classList.toggle("is-pointed",j&&A===w);Q(a,w===null||!f?Ri:Ni(f,w,y))}let M=w=>{let T=w.target.closest("[data-t]")?.dataset.t;return T===void 0?null:Number(T)};l.addEventListener("pointerover",w=>{let T=M(w);$(T),r(T)},{signal:n}),l.addEventListener("pointerleave",()=>{$(null),r(null)},{signal:n}),l.addEventListener("click",w=>{let T=M(w);T!==null&&f?.answer.includes(T)&&t.explain(T)},{signal:n});let S=new ResizeObserver(x);return S.observe(u),n.addEventListener("abort",()=>S.disconnect()),{el:c,show(w){let T=f?.tokens===w.tokens;f=w;let y=dt(w.map,w.ink);if(b=w.answer.flatMap(j=>io(w,j,y).map((P,k)=>({...P,q:j,nth:k}))),!T){let j=new Set(w.answer);g=w.tokens.pieces.map((P,k)=>{let A=p("span",{"data-t":k,class:j.has(k)?"is-answer":null},P);return w.tokens.roles?.[k]==="template"&&A.classList.add("is-template"),Dt(P)&&A.classList.add("is-isolated"),A}),l.replaceChildren(...g),m=null}for(let[j,P]of g.entries())q(P,!w.hidden(j));b=b.filter(({q:j})=>!w.hidden(j)),x()}}}var Ri="Point at a token to keep only its arcs.";function Ni({map:e,tokens:t,answer:n},r,o){let s=Ee(t,r);if(n.includes(r)&&r<e.rows){let l=o.filter(a=>a.t!==r).map(a=>Ee(t,a.t));return l.length>0?`${s} was moved most by ${l.join(", ")}`:`Nothing moved ${s}`}let i=o.length;return i>0?`${s} is among the strongest of ${pe(i,"token")} of the answer`:`${s} is among the strongest of no token of the answer`}function uo(e,t,n){let r=new Map,o=!1,s={x:0,y:0},i=u=>{let d=e.getBoundingClientRect();return{x:u.clientX-d.left,y:u.clientY-d.top}},l=()=>{let[u,d]=[...r.values()];return!u||!d?null:{x:(u.x+d.x)/2,y:(u.y+d.y)/2,apart:Math.hypot(u.x-d.x,u.y-d.y)}};e.addEventListener("pointerdown",u=>{u.button===0&&(s=i(u),r.set(u.pointerId,s),o=r.size>1)},{signal:t}),e.addEventListener("pointermove",u=>{let d=i(u),c=r.get(u.pointerId);if(!c){r.size===0&&n.point(d.x,d.y);return}let f=l();if(!o&&Math.hypot(d.x-s.x,d.y-s.y)<4)return;o||(o=!0,e.setPointerCapture(u.pointerId)),r.set(u.pointerId,d);let g=l();f&&g?(n.pan(g.x-f.x,g.y-f.y),f.apart>0&&n.zoom(g.apart/f.apart,g.x,g.y)):n.pan(d.x-c.x,d.y-c.y)},{signal:t});let a=u=>{if(r.delete(u.pointerId)&&!o&&u.type==="pointerup"){let c=i(u);n.point(c.x,c.y),n.open(c.x,c.y)}r.size===0&&(o=!1)};e.addEventListener("pointerup",a,{signal:t}),e.addEventListener("pointercancel",a,{signal:t}),e.addEventListener("pointerleave",u=>{r.has(u.pointerId)?o||r.delete(u.pointerId):n.leave()},{signal:t}),e.addEventListener("wheel",u=>{if(!u.ctrlKey&&!u.metaKey)return;u.preventDefault();let{x:d,y:c}=i(u);n.zoom(Math.exp(-u.deltaY*.0022*(u.deltaMode===0?1:16)),d,c)},{signal:t,passive:!1})}var mo=9,po=12,fo=8,Wi=.05,Di=.1;function ho(){let e=0,t=[],n=[];function r(o){let s=t[0],i=e;for(let u=1;u<=o;u++)t[u]??=Qr(s,i),s=t[u],i=Math.ceil(i/2);let l=p("canvas",{width:i,height:i}).getContext("2d");if(!l)return;let a=l.createImageData(i,i);for(let u=0;u<s.length;u++)a.data[4*u+3]=s[u];return l.putImageData(a,0,0),l.globalCompositeOperation="source-atop",{pen:l,colour:""}}return{paint(o,s){e=o.n,t=[Kr(o,s)],n=[]},at(o,s){n[o]??=r(o);let i=n[o];if(!i)return null;let{pen:l}=i;if(i.colour!==s){i.colour=s,l.fillStyle=s;for(let a=0;a<2;a++)l.fillRect(0,0,l.canvas.width,l.canvas.height)}return l.canvas}}}function Wn(e){return e<mo?po:Math.min(po,e-.5)}function bo(e,t,n){let{view:r,side:o,gutter:s,ratio:i}=n;e.setTransform(i,0,0,i,s*i,0),e.clearRect(-s,0,s+o,o+s),e.save(),e.beginPath(),e.rect(0,0,o,o),e.clip(),Hi(e,t,n),r.cell>=fo&&Bi(e,r,o),_i(e,n),e.restore(),r.cell>=mo&&Fi(e,n)}function Hi(e,t,{map:n,view:r,side:o,ratio:s,page:i}){let{x:l,y:a,cell:u}=r,d=Zr(u,s,n.n),c=t.at(d,i.ink);if(!c)return;let f=2**d,[g,b]=[Math.floor(l/f),Math.floor(a/f)],m=Math.min(c.width,Math.ceil((l+o/u)/f))-g,v=Math.min(c.height,Math.ceil((a+o/u)/f))-b,h=f*u,[x,$]=[(g*f-l)*u,(b*f-a)*u];e.imageSmoothingEnabled=d>0,e.drawImage(c,g,b,m,v,x,$,m*h,v*h)}function Bi(e,{x:t,y:n,cell:r},o){e.globalCompositeOperation="destination-out";for(let s=1-t%1;s*r<o;s++)e.fillRect(s*r-.5,0,1,o);for(let s=1-n%1;s*r<o;s++)e.fillRect(0,s*r-.5,o,1)}function _i(e,{map:{n:t,rows:n},view:r,side:o,page:s}){let{x:i,y:l,cell:a}=r,u=(d,c)=>[(d-i)*a,(c-l)*a];e.globalCompositeOperation="destination-over",e.fillStyle=s.soft;for(let[d,c,f]of[[0,n,Wi],[n,t,Di]]){if(e.globalAlpha=f,a>=fo){for(let g=Math.max(d,Math.floor(l));g<Math.min(c,l+o/a);g++)e.fillRect(...u(0,g),g*a-1,a-1);continue}e.beginPath(),e.moveTo(...u(0,d)),e.lineTo(...u(d,d)),e.lineTo(...u(c,c)),e.lineTo(...u(0,c)),e.fill()}}function Fi(e,{map:t,tokens:n,view:r,side:o,gutter:s,page:i}){let{x:l,y:a,cell:u}=r,d=Wn(u),c=Math.max(1,Math.floor((s-6)/(d*.6))),f=b=>{let m=[...Ee(n,b)];return m.length>c?`${m.slice(0,c-1).join("")}…`:m.join("")},g=b=>b>0&&b<o;e.save(),e.fillStyle=i.soft,e.font=`${d}px ${i.font}`,e.textBaseline="middle",e.textAlign="right",e.beginPath(),e.rect(-s,0,s,o),e.rect(0,o,o,s),e.clip();for(let b=Math.floor(a);b<t.n&&(b-a)*u<o;b++){let m=(b+.5-a)*u;g(m)&&e.fillText(f(b),-5,m)}e.rotate(-Math.PI/2);for(let b=Math.floor(l);b<t.n&&(b-l)*u<o;b++){let m=(b+.5-l)*u;g(m)&&e.fillText(f(b),-o-5,m)}e.restore()}var zi=640,qi=216,Ui=560,At={least:30,most:84,mostNarrow:60,letter:7.25};function go({keys:e,signal:t,uid:n},r,o){let s=p("canvas",{class:"jw-map-canvas",tabindex:0,role:"application","aria-roledescription":"map","aria-label":"Map of influence","aria-describedby":`${n}-map-caption`}),i=p("i",{class:"jw-map-row"}),l=p("i",{class:"jw-map-column"}),a=p("i",{class:"jw-map-ring"}),u=p("i",{class:"jw-map-explained"}),d=p("div",{class:"jw-map-marks","aria-hidden":"true"},u,i,l,a),c=p("span",{class:"jw-label jw-map-at-row","aria-hidden":"true"}),f=p("span",{class:"jw-label jw-map-at-column","aria-hidden":"true"}),g=p("div",{class:"jw-map-frame"},s,d,c,f);r.prepend(g);let b=s.getContext("2d"),m=null,v=null,h=null,x=null,$=ho(),M=0,S=At.least,w=0,T={x:0,y:0,cell:1},y=!0,j=null,P=0;function k(){P||=requestAnimationFrame(()=>{P=0,L()})}function A(){if(!m||!v||M<=0)return;let I=M<Ui,_=v.labels.reduce((oe,re)=>Math.max(oe,re.length),1),W=I?At.mostNarrow:At.most;S=Math.round(Math.min(W,Math.max(At.least,12+_*At.letter)));let G=Math.min(zi,(I?M:M-qi)-S-1);w=Math.floor(Math.min(G,m.n*In)),T=y?mt(m.n,w):pt(T,m.n,w),g.style.width=`${S+w}px`,g.style.height=`${w+S}px`,d.style.cssText=`left:${S}px;width:${w}px;height:${w}px`,c.style.width=`${S-5}px`,f.style.maxHeight=`${S-3}px`}function L(){if(!b||!m||!v||w<=0||t.aborted)return;let I=Math.max(1,window.devicePixelRatio||1),[_,W]=[Math.round((S+w)*I),Math.round((w+S)*I)];(s.width!==_||s.height!==W)&&(s.width=_,s.height=W);let G={ink:getComputedStyle(s).color,soft:getComputedStyle(d).color,font:getComputedStyle(c).fontFamily};bo(b,$,{map:m,tokens:v,view:T,side:w,gutter:S,ratio:I,page:G}),U()}function U(){if(!m||!v)return;let{x:I,y:_,cell:W}=T;if(q(u,x!==null),x!==null){let ke=Math.max(0,(Math.min(m.n,x)-I)*W);u.style.cssText=`top:${(x-_)*W}px;height:${W}px;width:${ke}px`}for(let ke of[i,l,a,c,f])q(ke,j!==null);if(!j)return;let{q:G,t:oe}=j,[re,de]=[(oe-I)*W,(G-_)*W],ge=Math.max(W,1);i.style.cssText=`top:${de}px;height:${ge}px;width:${Math.max(0,re+W)}px`,l.style.cssText=`left:${re}px;top:${de}px;width:${ge}px;bottom:0`,a.style.cssText=`left:${re}px;top:${de}px;width:${ge}px;height:${ge}px`;let je=`${Wn(W)}px`;c.style.fontSize=je,f.style.fontSize=je,Q(c,Ee(v,G)),Q(f,Ee(v,oe)),c.style.top=`${Math.max(0,Math.min(w,de+W/2))}px`,f.style.left=`${S+Math.max(0,Math.min(w,re+W/2))}px`,f.style.top=`${w+3}px`}function Z(I,_=!1){if(!(I?.q===j?.q&&I?.t===j?.t)){if(j=I,I&&m&&_){let W=Yr(T,I,m.n,w);(W.x!==T.x||W.y!==T.y)&&N(W)}U(),o.cell(I,_)}}function N(I){m&&(T=I,y=I.cell<=mt(m.n,w).cell*1.0001,s.classList.toggle("is-zoomed",!y),k(),o.view())}let C=(I,_)=>m&&I>=S&&_<w?eo(T,I-S,_,m.rows):null,H=(I,_=w/2,W=w/2)=>{m&&N(Jr(T,I,_,W,m.n,w))};uo(s,t,{point:(I,_)=>Z(C(I,_)),leave:()=>Z(null),open(I,_){let W=C(I,_);W&&o.open(W.q)},pan(I,_){m&&!y&&N(Xr(T,I,_,m.n,w))},zoom:(I,_,W)=>H(I,_-S,W)}),e.on(s,I=>{if(!Ve(I)||!m||m.rows<2)return!1;if(I.key==="+"||I.key==="=")H(1.5);else if(I.key==="-")H(1/1.5);else if(I.key==="0")N(mt(m.n,w));else if(I.key==="Enter"||I.key===" "){if(!j)return!1;o.open(j.q)}else{let _=to(j??F(m),I.key,m.rows);if(!_)return!1;Z(_,!0)}return!0});let F=({rows:I})=>{let _=x!==null&&x>0&&x<I?x:I-1;return{q:_,t:_-1}};s.addEventListener("focus",()=>{m&&m.rows>1&&!j&&s.matches(":focus-visible")&&Z(F(m),!0)},{signal:t}),s.addEventListener("blur",()=>Z(null),{signal:t}),g.addEventListener("transitionend",k,{signal:t});let Y=new ResizeObserver(([I])=>{let _=I?.contentRect.width??0;Math.abs(_-M)<1||(M=_,A(),k())});Y.observe(r),t.addEventListener("abort",()=>{Y.disconnect(),cancelAnimationFrame(P)});let ne=()=>{t.aborted||(k(),matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`).addEventListener("change",ne,{signal:t,once:!0}))};return{show(I,_,W,G){let oe=m?.n,re=m===I&&h!==null&&h.scale===W.scale&&h.threshold===W.threshold&&h.vmax===W.vmax&&h.perRow===W.perRow;re&&v===_&&x===G||(m===null&&ne(),v!==_&&(j=null),[m,v,h,x]=[I,_,W,G],re||$.paint(m,h),oe!==m.n&&(y=!0),A(),k())},zoom:H,fit(){m&&N(mt(m.n,w))},get fitted(){return y}}}var Dn=30;function wo(){let e=p("table",{}),t=p("div",{class:"jw-map-scroll",tabindex:0,role:"region","aria-label":"The map as a table"});t.append(e);let n=p("p",{class:"jw-quiet"}),r=p("details",{class:"jw-map-table"},p("summary",{},"As a table"),n,t),o=null,s=(i,l)=>{let a=(f,g)=>p("th",{scope:g,class:"jw-label"},Ee(l,f)),u=Array.from({length:i.n-1},(f,g)=>g),d=p("tr",{},p("td"),...u.map(f=>a(f,"col"))),c=[];for(let f=1;f<i.rows;f++){let g=u.map(b=>p("td",{class:"jw-number"},b<f?ue(_e(i,f,b),i.rowMax[f]):""));c.push(p("tr",{},a(f,"row"),...g))}Q(n,`Each row is explained by its columns, in ${i.unit}.`),e.replaceChildren(p("thead",{},d),p("tbody",{},...c))};return{el:r,show(i,l){o!==i&&(o=i,s(i,l))}}}var Vi={map:"Whole text",columns:"Answer in columns",arcs:"Answer in arcs"},Gi=5,Ki="Point at a cell to see which token moved which. A click explains the row’s token in the text.",xo=e=>{let{wishes:t,dispatch:n,signal:r,uid:o,get:s,wish:i}=e,l="map",a=!0,u,d={ok:!0,value:null},c=null,f=[],g=()=>!1,b="",m=null,v="",h=je("View","look",Vi,O=>{l=O,z(e.scene())}),x=je("Ink","scale",{row:"Each row by its own maximum",all:"One scale for all"},O=>{a=O==="row",z(e.scene())}),$=ke("−","Zoom out",()=>N.zoom(1/1.5)),M=ke("+","Zoom in",()=>N.zoom(1.5)),S=ke("Fit","Fit the whole map",()=>N.fit()),w=p("div",{class:"jw-map-zoom"},$,M,S),T=p("div",{class:"jw-row jw-map-head"},h,x,w),y=p("p",{class:"jw-quiet jw-map-caption",id:`${o}-map-caption`}),j=p("div",{class:"jw-number"}),P=p("div",{class:"jw-map-cell"}),k=p("div",{class:"jw-heading"}),A=p("ol",{class:"jw-map-list"}),L=p("p",{class:"jw-quiet"}),U=p("div",{class:"jw-map-aside"},P,j,k,A,L),Z=p("div",{class:"jw-map-stage"},U),N=go(e,Z,{cell:X,open:O=>t.explain(O),view(){$.disabled=N.fitted,S.disabled=N.fitted}});$.disabled=!0,S.disabled=!0;let C=[p("span",{class:"jw-number"}),p("span",{class:"jw-number"})],H=p("div",{class:"jw-map-legend jw-quiet"},C[0],p("i",{class:"jw-map-ramp","aria-hidden":"true"}),C[1]),F=wo(),Y=lo(e),ne=co(e),I=p("div",{class:"jw-live",role:"status"}),_=p("span",{role:"status"}),W=p("progress",{class:"jw-meter","aria-label":"Rows computed"}),G=p("button",{type:"button",class:"jw-primary"},"Compute the map"),oe=p("button",{type:"button",class:"jw-link"},"Stop"),re=p("button",{type:"button",class:"jw-primary"},"Continue"),de=p("div",{class:"jw-row"},G,re,_,W,oe);for(let O of[G,re])O.addEventListener("click",()=>i({panel_run:!0}),{signal:r});oe.addEventListener("click",()=>i({panel_run:!1}),{signal:r});let ge=p("div",{class:"jw-map"},p("div",{class:"jw-row jw-between jw-map-about"},y,de),T,Z,Y.el,ne.el,H,F.el,I);function je(O,R,K,ee){let te=Object.entries(K).map(([ae,le],we)=>{let ve=p("input",{type:"radio",name:`${o}-map-${R}`,value:ae,checked:we===0});return ve.addEventListener("change",()=>ee(ae),{signal:r}),p("label",{},ve,le)});return p("div",{class:"jw-map-choice",role:"radiogroup","aria-label":O},...te)}function ke(O,R,K){let ee=p("button",{type:"button",class:"jw-tool","aria-label":R,title:R},O);return ee.addEventListener("click",K,{signal:r}),ee}function E({wish:{scale:O,threshold:R,vmax:K,scope:ee}}){return{scale:O,threshold:R,vmax:m?.scope===ee?K:null,perRow:a}}function X(O,R){let K=e.scene();n({type:"hover",group:O?Ie(K.starts,O.t):null}),D(K,O),R&&O&&m&&c&&Q(I,so(m,c,O.q,O.t))}let ce=O=>p("span",{class:"jw-label"},Ee(c,O)),se="",ie=null;function B(O,R){let K=`${R.scale},${R.perRow}`;return(ie?.map!==O||ie.key!==K)&&(ie={map:O,key:K,ranks:dt(O,R)}),ie.ranks}function D(O,R){if(!m||!c)return;let K=O.wish.position,ee=R?.q??(K!==null&&K>0&&K<m.rows?K:null),te=`${R?.q},${R?.t},${ee},${m.rows},${m.scope},${b},${JSON.stringify(E(O))}`;if(te===se)return;se=te;for(let le of[P,j])q(le,R!==null);for(let le of[k,A])q(le,ee!==null);if(R){let{score:le,place:we}=Nn(m,R.q,R.t);P.replaceChildren(ce(R.q)," ← ",ce(R.t)),Q(j,`${le}, ${we}`)}if(ee===null){Q(L,Ki);return}k.replaceChildren("What moved ",ce(ee)," most");let ae=Et(m,ee,E(O),B(m,E(O)));A.replaceChildren(...en(m,ee,Gi,g).map(le=>{let we=p("span",{class:"jw-label jw-map-chip"},Ee(c,le));we.style.setProperty("--jw-map-weight",`${Math.round(58*ae[le])}%`);let ve=ue(_e(m,ee,le),m.rowMax[ee]),Se=p("li",{},we,p("span",{class:"jw-number jw-quiet"},ve));return Se.classList.toggle("is-hot",le===R?.t),Se})),Q(L,on(m,ee))}function z(O){let R=s("map");R!==u&&(u=R,d=Vr(R)),O.tokens!==c&&(c=O.tokens,f=c?Ur(c):[],b=`
`,se="");let K=O.wish.hide.join();if(K!==b&&c){b=K;let Se=Wt(c),Ot=(K.includes("template")?1:0)|(K.includes("delimiters")?2:0);g=$s=>(Se[$s]&Ot)!==0}let ee=d.ok?d.value:null;m=ee&&c&&ee.text===c.text&&ee.n===c.ids.length?ee:null;let te=ro({tokens:c,map:m,error:d.ok?null:d.error,kernel:O.state!=="no-kernel",asked:s("panel_run")===!0});Q(_,te.words),q(de,te.words!==""),q(G,te.button==="compute"),q(re,te.button==="continue"),q(oe,te.button==="stop"),q(W,te.total>0),W.max=Math.max(1,te.total),W.value=te.done;let ae=m!==null&&m.rows>0,le=ae?f.length>0?l:"map":null;q(h,ae&&f.length>0);for(let Se of[y,T,H])q(Se,ae);if(q(w,le==="map"),q(Z,le==="map"),q(F.el,le==="map"&&(c?.ids.length??0)<=Dn),q(Y.el,le==="columns"),q(ne.el,le==="arcs"),!m||!c||le===null)return;Q(y,oo(m,O.wish.scope,le==="map"));let we=E(O);if(J(m,we),le==="map"){N.show(m,c,we,O.wish.position),c.ids.length<=Dn&&F.show(m,c),O.view.hover===null&&D(O,null);return}let ve=JSON.stringify([le,m.text,m.rows,m.scope,m.max,f.length,we,b]);ve!==v&&(v=ve,(le==="columns"?Y:ne).show({map:m,tokens:c,answer:f,ink:we,hidden:g}))}function J(O,{scale:R,vmax:K}){let ee=R==="share"?"largest share":"strongest",te=R==="rank";Q(C[0],te?"weakest":"0");let ae=a?`${ee} of each row`:`${ee} of all`;!a&&(R==="linear"||R==="log")?ae=`${ue(K??O.max,K??O.max)} ${O.unit}${R==="log"?", logarithmic":""}`:R==="log"&&(ae+=", logarithmic"),Q(C[1],ae),H.classList.toggle("is-chips",l!=="map"&&f.length>0)}return{el:ge,update:z}};var yo=`.jw .jw-map {
  margin-top: 6px;
}
.jw .jw-map-head {
  gap: 6px 10px;
  margin: 6px 0 12px;
}
.jw .jw-map-choice {
  display: flex;
  flex-wrap: wrap;
  gap: 0 14px;
  padding: 1px 10px;
  border: 1px solid var(--jw-line);
  border-radius: 7px;
}
.jw .jw-map-choice label {
  display: flex;
  gap: 6px;
  align-items: center;
  min-height: 24px;
  cursor: pointer;
}
.jw .jw-map-choice input {
  accent-color: var(--jw-fg);
}
.jw .jw-map-zoom {
  display: flex;
  gap: 2px;
  margin-inline-start: auto;
}
.jw .jw-map-zoom .jw-tool {
  border: 1px solid var(--jw-line);
}
.jw .jw-map-zoom .jw-tool:disabled {
  background: none;
  color: var(--jw-edge);
}
.jw .jw-map-about {
  min-height: 30px;
}
.jw .jw-map-stage {
  display: flex;
  flex-wrap: wrap;
  gap: 12px 18px;
  align-items: flex-start;
}
.jw .jw-map-frame {
  position: relative;
  flex: none;
  overflow: hidden;
}
.jw .jw-map-canvas {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  color: var(--jw-ink);
  touch-action: pan-x pan-y;
  cursor: crosshair;
  transition: color 1ms;
}
.jw .jw-map-canvas.is-zoomed {
  touch-action: none;
}
.jw .jw-map-canvas:focus-visible {
  outline-offset: -2px;
}
.jw .jw-map-marks {
  position: absolute;
  top: 0;
  overflow: hidden;
  color: var(--jw-mute);
  pointer-events: none;
  transition: color 1ms;
}
.jw .jw-map-marks i {
  position: absolute;
}
.jw .jw-map-row,
.jw .jw-map-column {
  background: color-mix(in srgb, var(--jw-fg) 10%, transparent);
}
.jw .jw-map-row {
  left: 0;
}
.jw .jw-map-ring {
  min-width: 3px;
  min-height: 3px;
  outline: 1.5px solid var(--jw-fg);
}
.jw .jw-map-explained {
  left: 0;
  min-height: 2px;
  border: 1.5px solid var(--jw-accent);
}
.jw .jw-map-at-row,
.jw .jw-map-at-column {
  position: absolute;
  overflow: hidden;
  background: var(--jw-bg);
  color: var(--jw-fg);
  line-height: 1.25;
  text-overflow: ellipsis;
  pointer-events: none;
}
.jw .jw-label.jw-map-at-row,
.jw .jw-label.jw-map-at-column {
  font-size: 12px;
}
.jw .jw-map-at-row {
  left: 0;
  text-align: end;
  transform: translateY(-50%);
}
.jw .jw-map-at-column {
  padding-block: 0;
  padding-inline: 2px;
  text-align: end;
  writing-mode: vertical-rl;
  transform: translateX(-50%) rotate(180deg);
}
.jw .jw-map-aside {
  flex: 1 1 190px;
  min-width: 0;
  min-height: 16.5em;
}
.jw .jw-map-cell {
  font-size: 15px;
  overflow-wrap: anywhere;
}
.jw .jw-map-aside .jw-heading {
  margin-top: 10px;
}
.jw .jw-map-list li,
.jw .jw-map-answer li {
  display: flex;
  gap: 10px;
  align-items: baseline;
  justify-content: space-between;
  padding: 1px 0;
}
.jw .jw-map-list .is-hot {
  background: var(--jw-soft);
}
.jw .jw-map-chip {
  min-width: 0;
  padding: 1px 5px;
  overflow: hidden;
  border-radius: 3px;
  background: color-mix(in srgb, var(--jw-ink) var(--jw-map-weight), transparent);
  text-overflow: ellipsis;
}
.jw .jw-map-legend {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 9px;
  align-items: center;
  margin-top: 8px;
}
.jw .jw-map-ramp {
  width: 130px;
  height: 12px;
  border: 1px solid var(--jw-line);
  background: linear-gradient(90deg, transparent, var(--jw-ink));
  forced-color-adjust: none;
}
.jw .is-chips .jw-map-ramp {
  background: linear-gradient(90deg, transparent, color-mix(in srgb, var(--jw-ink) 58%, transparent));
}
.jw .jw-map-table {
  margin-top: 8px;
}
.jw .jw-map-table summary {
  width: max-content;
  min-height: 24px;
  color: var(--jw-mute);
  cursor: pointer;
}
.jw .jw-map-scroll {
  max-height: 32em;
  overflow: auto;
  scrollbar-color: var(--jw-edge) transparent;
}
.jw .jw-map-table table {
  border-collapse: collapse;
}
.jw .jw-map-table th,
.jw .jw-map-table td {
  padding: 1px 7px;
  border-bottom: 1px dotted var(--jw-line);
  font-weight: 400;
  text-align: end;
}

/* The answer */
.jw .jw-map-columns {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(8.5em, 1fr));
  gap: 12px 16px;
  max-height: 36em;
  overflow: auto;
}
.jw .jw-map-answer {
  content-visibility: auto;
  contain-intrinsic-size: auto 9.5em;
}
.jw .jw-map-answer > button {
  display: block;
  width: 100%;
  overflow: hidden;
  border-bottom: 1px solid var(--jw-edge);
  font-weight: 600;
  text-align: start;
  text-overflow: ellipsis;
}
.jw .jw-map-answer > button:hover,
.jw .jw-map-answer li:hover {
  background: var(--jw-soft);
}
.jw .jw-map-answer > button:focus-visible {
  outline-offset: -2px;
}
.jw .jw-map-page {
  position: relative;
  padding: 4px 4px 0;
}
.jw .jw-map-arcs {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  pointer-events: none;
}
.jw .jw-map-arcs path {
  fill: none;
  stroke: var(--jw-ink);
}
.jw .jw-map-words {
  position: relative;
  font: 15px / 1.5 var(--jw-content);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
  unicode-bidi: plaintext;
  cursor: default;
}
/* Room for arcs, but not over what the template wrote. */
.jw .jw-map-words span:not(.is-template) {
  line-height: 3.2;
}
.jw .jw-map-words .is-answer {
  font-weight: 600;
  cursor: pointer;
}
.jw .jw-map-words .is-template {
  color: var(--jw-mute);
  font: 0.76em / 1.5 var(--jw-mono);
}
.jw .jw-map-words .is-isolated {
  unicode-bidi: isolate;
}
.jw .jw-map-words .is-lit {
  background: color-mix(in srgb, var(--jw-ink) 22%, transparent);
}
.jw .jw-map-words .is-pointed {
  outline: 1.5px solid var(--jw-fg);
}
.jw .jw-map-said {
  height: 3em;
  margin-top: 6px;
  overflow: hidden;
}
@media (forced-colors: active) {
  .jw .jw-map-canvas {
    color: CanvasText;
  }
  .jw .jw-map-arcs path {
    stroke: CanvasText;
  }
  .jw .jw-map-row,
  .jw .jw-map-column,
  .jw .jw-map-ramp {
    forced-color-adjust: none;
    background: color-mix(in srgb, CanvasText 25%, transparent);
  }
  .jw .jw-map-ramp {
    background: linear-gradient(90deg, Canvas, CanvasText);
  }
  .jw .jw-map-ring,
  .jw .jw-map-explained {
    forced-color-adjust: none;
    outline-color: Highlight;
    border-color: Highlight;
  }
}
`;var jo=`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Jacobian Widget">
<link rel="icon" href="data:,">
<title>%%TITLE%%</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; background: Canvas; color: CanvasText; font: 13px/1.45 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 12px 0 32px; }
h1 { margin: 0; padding: 6px 16px 0; font-size: 13px; font-weight: 600; overflow-wrap: anywhere; }
#jw-static { padding: 14px 16px; }
#jw-said { padding: 0 16px; }
@media (prefers-color-scheme: dark) { :root { --jp-layout-color0: #121212; } body { background: #121212; } }
</style>
</head>
<body>
<main>
<h1>%%HEADING%%</h1>
<div id="jw-live"></div>
<div id="jw-static">%%STATIC%%</div>
<p id="jw-said" role="status"></p>
<noscript><p style="padding:0 16px">Without JavaScript this page shows one picture only.</p></noscript>
</main>
<script type="text/plain" id="jw-saved">%%SAVED%%<\/script>
<script>
// A stand-in for the notebook: the traits as they were saved, and nobody who computes.
(async () => {
  "use strict";

  let binary = new Uint8Array(0);
  const bytes = ([begin, length]) => binary.slice(begin, begin + length);

  // Byte planes, so that they compress: all first bytes, then all second ones.
  function unplaned(planes, size) {
    const count = planes.length / size;
    const out = new Uint8Array(planes.length);
    for (let plane = 0; plane < size; plane++) {
      for (let i = 0; i < count; i++) out[i * size + plane] = planes[plane * count + i];
    }
    return out;
  }

  // G = L Lᵀ of each token, from L in whole numbers with one power of two per row.
  function gram({ m, factor, exponents }) {
    const stride = (m * (m + 1)) / 2;
    const whole = unplaned(bytes(factor), 2);
    const entries = new DataView(whole.buffer);
    const powers = new Int8Array(bytes(exponents).buffer);
    const T = whole.length / 2 / (stride || 1);
    const out = new DataView(new ArrayBuffer(4 * T * stride));
    const L = new Float64Array(stride);
    for (let t = 0; t < T; t++) {
      for (let i = 0, at = 0; i < m; i++) {
        for (let k = 0; k <= i; k++, at++) L[at] = entries.getInt16(2 * (at * T + t), true) * 2 ** powers[i * T + t];
      }
      for (let i = 0, at = 0; i < m; i++) {
        for (let j = 0; j <= i; j++, at++) {
          const a = (i * (i + 1)) / 2;
          const b = (j * (j + 1)) / 2;
          let sum = 0;
          for (let k = 0; k <= j; k++) sum += L[a + k] * L[b + k];
          out.setFloat32(4 * (t * stride + at), sum, true);
        }
      }
    }
    return out;
  }

  function revived(value) {
    if (Array.isArray(value)) return value.map(revived);
    if (typeof value !== "object" || value === null) return value;
    if ("$bytes" in value) return new DataView(bytes(value.$bytes).buffer);
    if ("$floats" in value) return new DataView(unplaned(bytes(value.$floats), 4).buffer);
    if ("$gram" in value) return gram(value.$gram);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revived(inner)]));
  }

  const element = (id) => document.getElementById(id);
  try {
    const packed = Uint8Array.from(atob(element("jw-saved").textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const whole = new Uint8Array(await new Response(stream).arrayBuffer());
    const json = 4 + new DataView(whole.buffer).getUint32(0, true);
    binary = whole.subarray(json);
    const saved = JSON.parse(new TextDecoder().decode(whole.subarray(4, json)));
    const traits = { ...saved.traits, ...saved.code };
    for (const name of Object.keys(saved.traits)) traits[name] = revived(saved.traits[name]);
    const further = (traits._further ?? []).concat(traits.basis);
    const listeners = new Map();
    let written = [];

    const model = {
      widget_manager: { kernel: null },
      get: (name) => traits[name],
      set(name, value) {
        if (traits[name] === value) return;
        traits[name] = value;
        written.push(name);
        model.emit(name);
      },
      save_changes() {
        const names = written;
        written = [];
        if (names.includes("position") || names.includes("text")) {
          const found = further.find((basis) => basis.position === traits.position && basis.text === traits.text);
          if (found) model.answer("basis", found);
        }
        if (names.includes("query")) {
          const sought = traits.query.trim().toLowerCase();
          const items = sought ? traits.basis.predictions.filter((p) => p.piece.toLowerCase().includes(sought)) : [];
          model.answer("matches", { query: traits.query, items });
        }
      },
      answer(name, value) {
        traits[name] = value;
        model.emit(name);
      },
      emit(name) {
        for (const callback of [...(listeners.get(\`change:\${name}\`) ?? [])]) callback();
      },
      on(name, callback) {
        listeners.set(name, (listeners.get(name) ?? new Set()).add(callback));
      },
      off(name, callback) {
        listeners.get(name)?.delete(callback);
      },
    };

    const style = document.createElement("style");
    style.textContent = traits._css;
    document.head.append(style);
    const url = URL.createObjectURL(new Blob([traits._esm], { type: "text/javascript" }));
    const module = await import(url);
    URL.revokeObjectURL(url);
    const widget = await module.default();
    const el = element("jw-live");
    await widget.initialize?.({ model });
    await widget.render({ model, el });
    element("jw-static").remove();
  } catch (error) {
    element("jw-said").textContent = \`Only this picture works in this browser: \${error?.message ?? error}\`;
  }
})();
<\/script>
</body>
</html>
`;var Ji=/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu,Xi=`
	‌‍`,Yi=/^(?:\s*[=+\-@＝＋－＠]|[\t\n])/u,ea=/[\\`*_[\]<>&|~$#@]|:(?=\/\/)|(?<=^\s*)[+\-=]|(?<=^\s*\d+)[.)]/gmu,ta={"<":"&lt;",">":"&gt;","&":"&amp;","@":"&#64;",":":"&#58;"},na=/^[\p{L}\p{N}](?:.*[\p{L}\p{N}])?$/u,ra=.5,oa=10;function xe(e){return e.replace(Ji,t=>Xi.includes(t)?t:`⟨U+${t.codePointAt(0).toString(16).toUpperCase().padStart(4,"0")}⟩`)}function cn({pieces:e}){let t=n=>Math.abs(e[n]?.score??0);return e.flatMap((n,r)=>n.score===null?[]:[r]).sort((n,r)=>t(r)-t(n)||n-r)}function Hn(e){let t=new Map,n=null,r=0;for(let o of cn(e)){r++;let s=Math.abs(e.pieces[o]?.score??0),i=n!==null&&Math.abs(e.pieces[n]?.score??0)===s;t.set(o,i?t.get(n):r),n=o}return t}function an(e){if(e===0)return"0";let[t,n]=e.toExponential(5).split("e"),r=Number(n),o=s=>s.includes(".")?s.replace(/\.?0+$/,""):s;return r<-4||r>=6?`${o(t)}e${r<0?"-":"+"}${String(Math.abs(r)).padStart(2,"0")}`:o(e.toFixed(5-r))}var Lt=e=>e===null?null:Number(an(e));function sa(e){let t=xe(e),n=Yi.test(t)?`'${t}`:t;return/[",\r\n]/.test(n)?`"${n.replaceAll('"','""')}"`:n}function ko(e){let t=Hn(e),n=[["start","stop","text",`score [${e.unit}]`,"standard_error","share","place"]];for(let[r,{start:o,stop:s,text:i,score:l,error:a,share:u}]of e.pieces.entries()){let d=l===null?["","","",""]:[an(l),an(a),an(u),String(t.get(r))];n.push([String(o),String(s),sa(i),...d])}return n.map(r=>`${r.join(",")}\r
`).join("")}function vo(e){let t=Hn(e),{question:n,scope:r,unit:o,model:s,position:i,explained:l,granularity:a,rank:u,signed:d}=e,c=e.pieces.map(({text:b,start:m,stop:v,score:h,error:x,share:$},M)=>({text:b,start:m,stop:v,score:Lt(h),standard_error:h===null?null:Lt(x),share:h===null?null:Lt($),place:t.get(M)??null})),f={bos_share:Lt(e.bos_share),hidden_share:Lt(e.hidden_share)};return`${JSON.stringify({...{question:n,scope:r,unit:o,model:s,position:i,explained:l,granularity:a,rank:u,signed:d},...f,pieces:c},null,1)}
`}function $o(e){let t=Hn(e),n=[`**${ln(xe(e.question))}**`,"",...ia(e),""];n.push(`| Place | Piece | Score, ${e.unit} | Share |`,"|--:|:--|--:|--:|");for(let r of cn(e).slice(0,oa)){let{label:o,share:s}=e.pieces[r];n.push(`| ${t.get(r)} | ${aa(xe(o))} | ${Mo(e,r)} | ${me(s)} |`)}return`${[...n,"",ln(xe(tt(e)))].join(`
`)}
`}function tt({title:e,model:t,signed:n,rank:r,bos_share:o,hidden_share:s}){let i=[`${e} scope, ${t}`];return n&&i.push("gradient × input"),r!==null&&i.push(`top ${r} direction${r>1?"s":""}`),o!==null&&i.push(`BOS holds ${me(o)}, hidden`),s!==null&&i.push(`hidden tokens hold ${me(s)}`),i.join(" · ")}function ft(e){let{top:t,signed:n,scale:r,unit:o,pieces:s}=e,i=So(e),l=cn(e)[0],a=r==="rank"?"weakest":n?`−${ue(t,i)}`:"0",d=l!==void 0&&t===i&&s.some(({error:c})=>c>0)?Mo(e,l):ue(t,i);return[a,`${d} ${o}${r==="linear"?"":` (${r} scale)`}`]}function So({pieces:e}){return e.reduce((t,{score:n})=>Math.max(t,Math.abs(n??0)),0)}function Mo(e,t){let{score:n,error:r}=e.pieces[t],o=cn(e)[0]??0;return zt(n??0,r,So(e),e.pieces[o]?.error??0)}function ia({pieces:e}){let t=[];for(let{text:o,weight:s}of e)for(let i of xe(o).split(/(\s+)/)){if(i==="")continue;let l=s>=ra&&na.test(i),a=t.at(-1);a&&a.bold===l?a.text+=i:t.push({text:i,bold:l})}let r=t.map(o=>o.bold?`**${ln(o.text)}**`:ln(o.text)).join("").split(`
`).map(o=>o.trim());return r.map((o,s)=>o===""?">":`> ${o}${r[s+1]?"\\":""}`)}function ln(e){return e.replace(ea,t=>ta[t]??`\\${t}`)}function aa(e){if(e==="")return"";let t=Math.max(0,...(e.match(/`+/g)??[]).map(o=>o.length)),n="`".repeat(t+1),r=e.startsWith("`")||e.endsWith("`")?" ":"";return`${n}${r}${e.replaceAll("|","\\|")}${r}${n}`}var la="33,102,172",ca="178,24,43",ua=.58,pa=.02;function Eo(e,t){let n=[];for(let[l,a]of e.pieces.entries()){let u=l===e.explained?"outline:2px solid #b35806;border-radius:3px":da(a),d=n.at(-1);d&&u===""&&d.style===""?d.shown+=To(a.text):n.push({shown:To(a.text),style:u})}let r=n.map(l=>l.style?`<span style="${l.style}">${l.shown}</span>`:l.shown).join(""),[o,s]=ft(e),i=`${o} to ${s} · ${tt(e)} · ${t}`;return`<div style="max-width:860px;overflow-wrap:anywhere"><div style="font:15px system-ui,sans-serif;margin-bottom:8px">${ht(xe(e.question))}</div><div style="white-space:pre-wrap;font:17px/2 system-ui,sans-serif">${r}</div><div style="opacity:.75;font:12.5px system-ui,sans-serif;margin-top:8px">${ht(xe(i))}</div></div>`}function da({score:e,weight:t}){if(e===null)return"opacity:.6";if(t<pa)return"";let n=e<0?ca:la,r=Math.floor(4*t+.5);return`background:rgba(${n},${(ua*t).toFixed(2)})${r?`;border-bottom:${r}px solid rgb(${n})`:""}`}function To(e){let t=/^\n*$/.test(e);return ht(t?"↵".repeat(e.length)+e:xe(e))}var ma={"&":"&amp;","<":"&lt;",">":"&gt;",'"':"&quot;","'":"&#x27;"};function ht(e){return e.replace(/[&<>"']/g,t=>ma[t])}var fa="text scope target foil position rank granularity pattern scale threshold vmax palette bars signed hide pinned tokens basis map series".split(" "),ha=9,ba=12,Ao=10,ga=1e-6;function Po(e){let t={};for(let n of["_esm","_css","panels"]){let r=e(n);if(typeof r!="string"||r==="")return null;t[n]=r}return t}function Co({fresh:e,held:t,tokens:n,wish:r,granularity:o},s){if(e||!t)return s;let{basis:i,question:l}=t,{text:a,position:u}=i,d=s("_further"),c=[s("basis"),...Array.isArray(d)?d:[]].find($=>{let M=Ft($);return!M.ok||!M.value||M.value.text!==a||M.value.position!==u?!1:l.scope==="fisher"?M.value.fisher!==null:gn(M.value,l)!==null});if(c===void 0)return null;let{scope:f,target:g,foil:b,rank:m,signed:v}=l,h=n?.pattern??r.pattern,x=new Map(Object.entries({text:a,position:u,scope:f,target:g,foil:b,rank:m,granularity:o,pattern:h,basis:c})).set("signed",v===!0);return $=>x.has($)?x.get($):s($)}async function Io(e,t,n,r,o){let s={panel:"",status:{state:"saved"}};for(let a of[...fa,"_further"]){let u=e(a);u!==void 0&&(s[a]=u)}let i=[e("target"),e("foil")];s.basis=Lo(s.basis,i),Array.isArray(s._further)&&(s._further=s._further.map(a=>Lo(a,i)));let l={TITLE:ht(n),HEADING:ht(r),STATIC:o,SAVED:await wa({traits:s,code:t})};return jo.replace(/%%(\w+)%%/g,(a,u)=>l[u]??"")}function Lo(e,t){if(typeof e!="object"||e===null||!("directions"in e))return e;let n=e,r=new Set([...t,n.default_target,n.default_foil,n.actual]),o=n.predictions.filter(({id:d},c)=>c<ha||r.has(d));for(let{id:d}of o)r.add(d);let s=n.directions.length,i=n.directions.flatMap(([,d],c)=>d===null||r.has(d)?[c]:[]);if(i.length===s)return e;let l=i.flatMap(d=>i.filter(c=>c<=d).map(c=>d*(d+1)/2+c)),a=(d,c,f)=>{let g=_t(d)??new Float32Array,b=new Float32Array(g.length/c*f.length);for(let m=0,v=0;m<g.length;m+=c)for(let h of f)b[v++]=g[m+h];return b},u=s*(s+1)/2;return{...n,predictions:o,directions:i.map(d=>n.directions[d]),gram:a(n.gram,u,l),gram_bos:a(n.gram_bos,u,l),signed:a(n.signed,s,i)}}async function wa(e){let t=[],n=0,r=u=>(t.push(u),n+=u.length,[n-u.length,u.length]),o=new TextEncoder().encode(JSON.stringify(Bn(e,r))),s=new DataView(new ArrayBuffer(4));s.setUint32(0,o.length,!0);let i=new Blob([s,o,...t]).stream().pipeThrough(new CompressionStream("deflate-raw")),l=new Uint8Array(await new Response(i).arrayBuffer()),a="";for(let u=0;u<l.length;u+=24576)a+=btoa(String.fromCharCode(...l.subarray(u,u+24576)));return a}function Oo(e){return ArrayBuffer.isView(e)||e instanceof ArrayBuffer}function Bn(e,t){return typeof e!="object"||e===null?e:Array.isArray(e)?e.map(n=>Bn(n,t)):Oo(e)?{$bytes:t(Ro(e))}:"gram"in e&&"directions"in e?xa(e,t):Object.fromEntries(Object.entries(e).map(([n,r])=>[n,Bn(r,t)]))}function Ro(e){return e instanceof ArrayBuffer?new Uint8Array(e.slice(0)):new Uint8Array(e.buffer,e.byteOffset,e.byteLength).slice()}function xa(e,t){let n=Array.isArray(e.directions)?e.directions.length:0,r=o=>typeof o!="object"||o===null||Array.isArray(o)?o:Oo(o)?{$floats:t(ya(Ro(o)))}:Object.fromEntries(Object.entries(o).map(([s,i])=>[s,r(i)]));return Object.fromEntries(Object.entries(e).map(([o,s])=>[o,o==="gram"||o==="gram_bos"?{$gram:ja(_t(s)??new Float32Array,n,t)}:r(s)]))}function ya(e){let t=new DataView(e.buffer);for(let n=0;n+4<=e.length;n+=4){let r=t.getUint32(n,!0)+(1<<Ao-1);t.setUint32(n,r-r%(1<<Ao),!0)}return No(e,4)}function ja(e,t,n){let r=t*(t+1)/2,o=r>0?e.length/r:0,s=new DataView(new ArrayBuffer(2*o*r)),i=new Int8Array(o*t),l=2**(ba-1)-1;for(let a=0;a<o;a++){let u=ka(e.subarray(a*r,(a+1)*r),t);for(let d=0,c=0;d<t;d++){let f=u.subarray(c,c+d+1),g=f.reduce((m,v)=>Math.max(m,Math.abs(v)),0),b=Math.max(-127,Math.min(127,Math.ceil(Math.log2((g||1)/l))));i[d*o+a]=b;for(let m of f)s.setInt16(2*(c++*o+a),Math.round(m*2**-b),!0)}}return{m:t,factor:n(No(new Uint8Array(s.buffer),2)),exponents:n(new Uint8Array(i.buffer))}}function ka(e,t){let n=new Float64Array(e.length),r=(s,i)=>s*(s+1)/2+i,o=(s,i)=>{let l=e[r(s,i)];for(let a=0;a<i;a++)l-=n[r(s,a)]*n[r(i,a)];return l};for(let s=0;s<t;s++){let i=o(s,s),l=i>ga*e[r(s,s)]?Math.sqrt(i):0;if(n[r(s,s)]=l,l>0)for(let a=s+1;a<t;a++)n[r(a,s)]=o(a,s)/l}return n}function No(e,t){let n=e.length/t,r=new Uint8Array(e.length);for(let o=0;o<n;o++)for(let s=0;s<t;s++)r[s*n+o]=e[o*t+s];return r}var va={semantic:e=>`What moved the logit of ${e}?`,log_probability:e=>`What moved the probability of ${e}?`,contrast:(e,t)=>`Why ${e} rather than ${t}?`,fisher:()=>"What moved the whole prediction?",temperature:()=>"What moved the model’s confidence?",entropy:()=>"What moved its uncertainty?"};function Wo(e,t){let{tokens:n,picture:r,question:o,starts:s,granularity:i,basis:l,wish:a,explained:u}=at(e);if(!n||!r||!o||!l)return null;let{scale:d,threshold:c,vmax:f,hide:g}=a,{scope:b,target:m,foil:v,rank:h}=o,x=M=>M===null?"":t(M),$=r.order.reduce((M,S)=>M+(r.shares[S]??0),0);return{question:va[b](x(m),x(v)),scope:b,title:be[b].name,unit:Re(o),model:l.model,position:l.position,explained:u,granularity:i,rank:b==="fisher"?h:null,signed:r.signed,scale:d,top:d==="rank"?r.max:f??r.max,bos_share:n.bos.length>0&&!r.signed?r.bosShare:null,hidden_share:g.length===0?null:r.signed?(g.includes("template")?r.templateShare:0)+(g.includes("delimiters")?r.delimiterShare:0):Math.max(0,1-r.bosShare-$),pieces:s.map((M,S)=>{let w=(r.rank[S]??0)>0,T=r.scores[S]??0,y=w?wn(T,r,{scale:d,threshold:c,vmax:f}):0,j=Ce(s,S,n.ids.length);return{text:qe(n,s,S),label:n.labels.slice(M,j).join(""),start:M,stop:j,score:w?T:null,error:w?r.errors?.[S]??0:0,share:w?r.shares[S]??0:0,weight:y>=c?y:0}})}}var Ct="sans-serif",Fe=4,Pt=4,_n=.58,Do=1.1,Ho=/[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u,$a={light:{paper:"#ffffff",words:"#111111",quiet:"#595959",ring:"#b35806"},dark:{paper:"#111111",words:"#eeeeee",quiet:"#a8a8a8",ring:"#f0a04b"},transparent:{paper:null,words:"#111111",quiet:"#595959",ring:"#b35806"}};function Fn(e){let t=document.createRange();t.selectNodeContents(e);let n=[...t.getClientRects()].filter(i=>i.width>0),[r]=n;if(!r)return[];if(n.length===1)return[{text:e.data.replaceAll(`
`,""),rect:r}];let o=[],s=0;for(let{segment:i}of new Intl.Segmenter().segment(e.data)){t.setStart(e,s),t.setEnd(e,s+i.length),s+=i.length;let l=t.getClientRects()[0];if(!l||l.width===0)continue;let a=o.at(-1);if(a&&Math.abs(a.rect.top-l.top)<1){a.text+=i;let{left:u,right:d,top:c,bottom:f}=a.rect;a.rect={left:Math.min(u,l.left),right:Math.max(d,l.right),top:c,bottom:f}}else o.push({text:i,rect:l})}return o}function Bo(e,t){e.style.color=t;let n=document.createElement("canvas").getContext("2d",{willReadFrequently:!0});if(!n)return"#2474bd";n.fillStyle=getComputedStyle(e).color,n.fillRect(0,0,1,1);let[r,o,s]=n.getImageData(0,0,1,1).data;return`#${[r,o,s].map(i=>(i??0).toString(16).padStart(2,"0")).join("")}`}function _o(e,t,n){let r=$a[t.ground],o=t.size*Fe,s=(t.width-2*Pt)*Fe,i=(M,...S)=>{let w=p("div",{},...S);return w.style.cssText=`font-size:${M*o}px;line-height:1.4;unicode-bidi:plaintext`,w},l=new Text(xe(e.question)),a=e.pieces.map(({text:M})=>new Text(xe(M).replace(/\n/g,`↵
`))),u=i(1,...a.map(M=>p("span",{},M)));u.style.lineHeight="1.75";let[d,c]=ft(e).map(M=>new Text(xe(M))),f=p("span");f.style.cssText="display:inline-block;width:8em;height:1em;margin:0 .5em;vertical-align:-.15em";let g=i(.85,p("span",{},d),f,p("span",{},c)),b=new Text(xe(tt(e))),m=p("div",{class:"jw","data-palette":t.palette,"aria-hidden":"true"});m.style.cssText=`position:absolute;left:0;top:0;visibility:hidden;pointer-events:none;max-width:none;padding:0;width:${s}px;font-family:${Ct};font-weight:400;letter-spacing:0;white-space:pre-wrap;overflow-wrap:anywhere;--jw-fg:${r.words};--jw-bg:${r.paper??"#ffffff"}`;let v=i(1,l);v.style.marginBottom=u.style.marginBottom="0.4em";let h=i(.85,b);m.append(v,u,g,h);let x=p("div",{},m);x.style.cssText="position:absolute;width:0;height:0;overflow:hidden",n.append(x);try{let M=Bo(m,"var(--jw-ink)"),S=Bo(m,"var(--jw-negative)"),w=m.getBoundingClientRect(),T=[],y=[],j=F=>(F-w.left)/Fe+Pt,P=F=>(F-w.top)/Fe+Pt,k=$(),A=(F,Y,ne)=>{let{rect:I,text:_}=F,W={x:j(I.left),y:P(I.top)+k*Y,width:(I.right-I.left)/Fe,text:_,size:Y,fill:ne},G=y.at(-1);G&&G.fill===ne&&Math.abs(G.y-W.y)<.5&&Ho.test(_)&&Ho.test(G.text)?(G.text+=_,G.width=Math.max(G.x+G.width,W.x+W.width)-Math.min(G.x,W.x),G.x=Math.min(G.x,W.x)):y.push(W)},L=(F,Y,ne,I,_,W)=>T.push({x:F,y:Y,width:ne,height:I,fill:_,opacity:W,stroke:null});for(let F of Fn(l))A(F,t.size,r.words);for(let[F,Y]of e.pieces.entries()){let ne=F===e.explained,I=(Y.score??0)<0?S:M;for(let _ of Fn(a[F])){let{rect:W}=_,G=j(W.left),oe=Math.min(j(W.right),t.width-Pt)-G,re=P(W.top),de=(W.bottom-W.top)/Fe;if(ne)T.push({x:G-Do/2,y:re,width:oe+Do,height:de,fill:null,opacity:1,stroke:r.ring});else if(Y.weight>0&&oe>0){L(G,re,oe,de,I,_n*Y.weight);let je=t.size*.22*Y.weight;t.bars&&Y.weight>=1/8&&L(G,(Y.score??0)<0?re:re+de-je,oe,je,I,1)}let ge=Y.score===null&&!ne||/^↵+$/.test(_.text);A(_,t.size,ge?r.quiet:r.words)}}for(let F of[d,c,b])for(let Y of Fn(F))A(Y,t.size*.85,r.quiet);let U=f.getBoundingClientRect(),Z=(F,Y,ne)=>({at:F,fill:Y,opacity:ne}),N=F=>[Z(F,M,0),Z(1,M,_n)],C=e.signed?[Z(0,S,_n),Z(.5,S,0),...N(.5)]:N(0),H={x:j(U.left),y:P(U.top),width:U.width/Fe,height:U.height/Fe,stops:C};return{width:t.width,height:m.getBoundingClientRect().height/Fe+2*Pt,ground:r.paper,title:xe(e.question),shapes:T,ramp:H,lines:y}}finally{x.remove()}function $(){let M=p("span");M.style.cssText="display:inline-block;width:0;height:0";let S=new Text("x");v.append(S,M);let w=document.createRange();w.selectNodeContents(S);let T=(M.getBoundingClientRect().bottom-w.getBoundingClientRect().top)/o;return S.remove(),M.remove(),T}}var Sa=300,Ma=16384;async function Fo(e){let t=Math.floor(Math.min(Sa,72*Ma/Math.max(e.width,e.height))),n=t/72,r=document.createElement("canvas");r.width=Math.round(e.width*n),r.height=Math.round(e.height*n);let o=r.getContext("2d");if(!o)throw new Error("this browser has no canvas");o.scale(n,n),e.ground&&(o.fillStyle=e.ground,o.fillRect(0,0,e.width,e.height));for(let{x:a,y:u,width:d,height:c,fill:f,opacity:g,stroke:b}of e.shapes)o.globalAlpha=g,b?(o.strokeStyle=b,o.lineWidth=1.1,o.beginPath(),o.roundRect(a,u,d,c,1.5),o.stroke()):(o.fillStyle=f??"transparent",o.fillRect(a,u,d,c));o.globalAlpha=1;let{ramp:s}=e,i=o.createLinearGradient(s.x,0,s.x+s.width,0);for(let{at:a,fill:u,opacity:d}of s.stops)i.addColorStop(a,Ta(u,d));o.fillStyle=i,o.fillRect(s.x,s.y,s.width,s.height),o.direction="ltr";for(let{x:a,y:u,text:d,size:c,fill:f}of e.lines)o.font=`${c}px ${Ct}`,o.fillStyle=f,o.fillText(d,a,u);let l=await new Promise(a=>r.toBlob(a,"image/png"));if(!l)throw new Error("the picture is too large for this browser");return{blob:Ea(new Uint8Array(await l.arrayBuffer()),t),dpi:t}}var Ta=(e,t)=>e+Math.round(t*255).toString(16).padStart(2,"0");function Ea(e,t){let n=new DataView(new ArrayBuffer(21)),r=Math.round(t/.0254);n.setUint32(0,9);for(let[o,s]of[..."pHYs"].entries())n.setUint8(4+o,s.charCodeAt(0));return n.setUint32(8,r),n.setUint32(12,r),n.setUint8(16,1),n.setUint32(17,Aa(new Uint8Array(n.buffer,4,13))),new Blob([e.subarray(0,33),n,e.subarray(33)],{type:"image/png"})}function Aa(e){let t=-1;for(let n of e){t^=n;for(let r=0;r<8;r++)t=t>>>1^(t&1?3988292384:0)}return~t>>>0}var zo=72/2.54;function Uo({width:e,height:t,ground:n,title:r,shapes:o,ramp:s,lines:i}){let l=[`<svg xmlns="http://www.w3.org/2000/svg" width="${ye(e/zo)}cm" height="${ye(t/zo)}cm" viewBox="0 0 ${ye(e)} ${ye(t)}" font-family="${Ct}">`,`<title>${qo(r)}</title>`];n&&l.push(`<rect width="${ye(e)}" height="${ye(t)}" fill="${n}"/>`);for(let{x:u,y:d,width:c,height:f,fill:g,opacity:b,stroke:m}of o){let v=m?`fill="none" stroke="${m}" stroke-width="1.1" rx="1.5"`:`fill="${g}"${b<1?` fill-opacity="${ye(b)}"`:""}`;l.push(`<rect x="${ye(u)}" y="${ye(d)}" width="${ye(c)}" height="${ye(f)}" ${v}/>`)}let a=s.stops.map(({at:u,fill:d,opacity:c})=>`<stop offset="${u}" stop-color="${d}" stop-opacity="${c}"/>`);l.push(`<defs><linearGradient id="ramp">${a.join("")}</linearGradient></defs>`,`<rect x="${ye(s.x)}" y="${ye(s.y)}" width="${ye(s.width)}" height="${ye(s.height)}" fill="url(#ramp)"/>`);for(let{y:u,size:d,parts:c}of La(i)){let f=c.map(({x:g,text:b,fill:m})=>`<tspan x="${ye(g)}" fill="${m}">${qo(b)}</tspan>`);l.push(`<text y="${ye(u)}" font-size="${ye(d)}" xml:space="preserve">${f.join("")}</text>`)}return`${l.join(`
`)}
</svg>
`}function La(e){let t=[];for(let n of e){let r=t.at(-1);r&&r.size===n.size&&Math.abs(r.y-n.y)<.5?r.parts.push(n):t.push({y:n.y,size:n.size,parts:[n]})}return t}var ye=e=>String(Math.round(e*1e3)/1e3);function qo(e){return e.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu,t=>t==="	"?t:"�").replace(/[&<>"]/g,t=>`&#${t.codePointAt(0)};`)}var Pa=String.raw`% Needs \usepackage{xcolor} in the preamble. pdfLaTeX, LuaLaTeX and XeLaTeX all read it.
\begingroup
\definecolor{jwink}{HTML}{2166AC}\definecolor{jwagainst}{HTML}{B2182B}\definecolor{jwring}{HTML}{B35806}%
\def\jwcode#1{\mbox{\ttfamily\scriptsize U+#1}}%
\def\jwu#1#2{\ifdefined\Umathchar\iffontchar\font"#1 #2\else\jwcode{#1}\fi\else\jwcode{#1}\fi}%
\def\jwink#1#2{{\fboxsep0pt\colorbox{jwink!#1!white}{\strut#2}}}%
\def\jwagainst#1#2{{\fboxsep0pt\colorbox{jwagainst!#1!white}{\strut#2}}}%
\def\jwring#1{{\fboxsep0pt\fcolorbox{jwring}{white}{\strut#1}}}%
\def\jwmay{\hskip0pt\relax}%
\def\jwline{\leavevmode\\\relax}%
\setlength{\parindent}{0pt}\raggedright
`,Go=58,Vo=12,Ca=6,Ia="⁰¹²³⁴⁵⁶⁷⁸⁹",Oa=new Set("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿŒœ–—‘’“”…"),Ra=new Map([...[..."#$%&_{}"].map(e=>[e,`\\${e}`]),...[...`-,'[]*?!/"=:;@`].map(e=>[e,`{${e}}`]),["\\","\\textbackslash{}"],["~","\\textasciitilde{}"],["^","\\textasciicircum{}"],["<","\\textless{}"],[">","\\textgreater{}"],["|","\\textbar{}"],["`","\\textasciigrave{}"],[" ","~"],["␣","\\textvisiblespace{}"],["↵","$\\hookleftarrow$"],["−","$-$"],["±","$\\pm$"],["×","$\\times$"],["·","$\\cdot$"],["β","$\\beta$"],["⁻","\\textsuperscript{$-$}"],...[...Ia].map((e,t)=>[e,`\\textsuperscript{${t}}`]),["︎",""],["️",""]]);function Ko(e){let[t,n]=ft(e),r=e.pieces.map((l,a)=>Na(l,a===e.explained)).join(""),o=Array.from({length:8},(l,a)=>Math.round(Go*a/7)),s=(l,a)=>a.map(u=>`\\${l}{${u}}{\\hspace{0.8em}}`).join(""),i=(e.signed?s("jwagainst",[...o].reverse()):"")+s("jwink",o);return`${Pa}{\\small ${un(e.question)}}\\par\\smallskip
${r}\\par\\smallskip
{\\footnotesize ${un(t)} ${i} ${un(n)}\\\\{}${un(tt(e))}\\par}
\\endgroup
`}function un(e){return[...e].map(Qo).join("")}function Qo(e){let t=Ra.get(e);if(t!==void 0)return t;if(Oa.has(e)||e>=" "&&e<="~")return e;let n=e.codePointAt(0).toString(16).toUpperCase().padStart(4,"0");return e===`
`?"\\jwline{}":e==="	"||/\p{Zs}/u.test(e)?" ":/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/u.test(e)?`\\jwcode{${n}}`:`\\jwu{${n}}{${e}}`}function Na(e,t){return e.text.split(/([ \t]+|\n)/).filter(n=>n!=="").map(n=>Wa(n,e,t)).join("")}function Wa(e,{weight:t,score:n},r){if(e===`
`)return`\\jwline{}
`;if(/^[ \t]+$/.test(e))return e===" "?" ":`\\hspace*{${(.33*e.length).toFixed(2)}em}`;let o=Math.round(Go*t),s=(n??0)<0?"jwagainst":"jwink";return Da(e).map(i=>r?`\\jwring{${i}}`:o>0?`\\${s}{${o}}{${i}}`:i).join(`\\jwmay{}%
`)}function Da(e){let t=[""],n=Vo;for(let r of e){let o=Qo(r),s=/^\\jw(u|code)\{/.test(o)?Ca:1;n<s&&t.at(-1)!==""&&(t.push(""),n=Vo),t[t.length-1]+=o,n-=s}return t}var Ha=72/2.54,Zo=4,Jo=60,Ba="The browser keeps its clipboard to itself here. The text is selected: press Ctrl+C, or ⌘C on a Mac.",_a='This notebook does not hand the widget’s code to the page. In Python: w.to_html("result.html")',Fa="What is shown is older than what was asked; the files hold what is shown.",za="The picture shown is just being replaced. Save again in a moment.";function qa(e){let t=e.toLowerCase().match(/[\p{L}\p{N}]+/gu)??[],n="";for(let r of t.slice(0,6))n.length+r.length<40&&(n+=`${n&&"-"}${r}`);return n||"attribution"}function Ua(e){return e<1e6?`${Math.max(1,Math.round(e/1e3))} kB`:`${(e/1e6).toFixed(1)} MB`}function Xo(e){let{signal:t,uid:n,root:r}=e,o=p("p",{class:"jw-said",role:"status"}),s=p("textarea",{class:"jw-preview",readonly:!0,spellcheck:"false",rows:7,"aria-label":"What was copied",hidden:!0}),i=p("input",{id:`${n}-width`,class:"jw-size",type:"number",min:Zo,max:Jo,step:.5,value:16}),l=p("input",{id:`${n}-letters`,class:"jw-size",type:"number",min:5,max:30,step:.5,value:10}),a=p("select",{id:`${n}-ground`,class:"jw-chip"},p("option",{value:"light"},"Light"),p("option",{value:"dark"},"Dark"),p("option",{value:"transparent"},"Transparent")),u=[],d=!1;function c(k,A){let L=p("button",{type:"button",class:"jw-chip"},k);return u.push(L),L.addEventListener("click",async()=>{let U=Wo(e.scene(),e.label);if(!(!U||d)){d=!0,Q(o,"One moment …");try{Q(o,await A(U))}catch(Z){Q(o,`This did not work: ${Z instanceof Error?Z.message:String(Z)}`)}finally{d=!1}}},{signal:t}),L}function f(k,A){let L=`${qa(e.scene().tokens?.text??"")}.${A}`,U=URL.createObjectURL(k);return p("a",{href:U,download:L}).click(),setTimeout(()=>URL.revokeObjectURL(U),6e4),q(s,!1),`Saving ${L}, ${Ua(k.size)}.`}async function g(k,A){q(s,!0),V(s,"aria-label",`${A}, as copied`),s.value=k;let L=`Copied as ${A}, ${pe([...k].length,"character")}.`;try{return await navigator.clipboard.writeText(k),L}catch{return s.focus(),s.select(),document.execCommand("copy")?L:Ba}}function b(k){let A=(Z,N,C,H)=>Math.max(N,Math.min(C,Number(Z.value)||H)),{palette:L,bars:U}=e.scene().wish;return _o(k,{width:A(i,Zo,Jo,16)*Ha,size:A(l,5,30,10),ground:a.value,palette:L,bars:U},r)}let m=(k,A)=>new Blob([k],{type:`${A};charset=utf-8`}),v=c("Save as HTML",async k=>{let A=Po(e.get);if(!A)return _a;let L=Co(e.scene(),e.get);if(!L)return za;let U=`${xe(k.question)} · ${k.model}`,Z=xe(`What moved a prediction of ${k.model}`),N=Eo(k,"Static picture: for the rest, this page needs JavaScript.");return f(m(await Io(L,A,U,Z,N),"text/html"),"html")}),h=c("Save as SVG",k=>f(m(Uo(b(k)),"image/svg+xml"),"svg")),x=c("Save as PNG",async k=>{let{blob:A,dpi:L}=await Fo(b(k));return`${f(A,"png").slice(0,-1)}, ${L} dots per inch.`}),$=c("Save as CSV",k=>f(m(`\uFEFF${ko(k)}`,"text/csv"),"csv")),M=c("Save as JSON",k=>f(m(vo(k),"application/json"),"json")),S=c("Copy as Markdown",k=>g($o(k),"Markdown")),w=c("Copy as LaTeX",k=>g(Ko(k),"LaTeX")),T=(k,A,...L)=>[p("span",{class:"jw-caption"},k),p("div",{class:"jw-row"},...L,A?p("span",{class:"jw-quiet"},A):"")],y=(k,A,L)=>p("label",{class:"jw-setting",for:A.id},k,A,L),j=p("p",{class:"jw-quiet",hidden:!0},Fa);return{el:p("div",{class:"jw-save"},j,p("div",{class:"jw-ways"},...T("Everything","One file that goes on working without a kernel or a network",v),...T("The picture","",h,x,y("Width",i,"cm"),y("Text size",l,"pt"),y("Background",a,"")),...T("The numbers","",$,M),...T("To paste","",S,w)),o,s),update(k){let A=k.picture===null||k.degenerate;for(let L of u)L.disabled=A;q(j,!A&&!k.fresh),A?Q(o,"There are no scores to save yet."):o.textContent==="There are no scores to save yet."&&Q(o,"")}}}var Yo=`.jw .jw-ways {
  display: grid;
  grid-template-columns: max-content minmax(0, 1fr);
  gap: 10px 16px;
  align-items: baseline;
}
.jw .jw-save .jw-chip {
  padding: 3px 10px;
}
.jw .jw-save select.jw-chip {
  background: var(--jw-bg);
  cursor: pointer;
}
.jw .jw-save .jw-chip:disabled {
  color: var(--jw-mute);
  border-color: var(--jw-line);
}
.jw .jw-save .jw-setting {
  display: inline-flex;
  gap: 6px;
  align-items: baseline;
  color: var(--jw-mute);
  white-space: nowrap;
}
.jw .jw-save .jw-size {
  width: 4.6em;
  min-height: 26px;
  padding: 2px 6px;
  border: 1px solid var(--jw-edge);
  border-radius: 6px;
  background: var(--jw-bg);
  color: var(--jw-fg);
}
.jw .jw-save .jw-setting .jw-chip {
  color: var(--jw-fg);
}
.jw .jw-save .jw-said {
  min-height: 1.45em;
  margin-top: 12px;
  overflow-wrap: anywhere;
}
.jw .jw-save .jw-preview {
  display: block;
  box-sizing: border-box;
  width: 100%;
  margin-top: 8px;
  padding: 8px 10px;
  border: 1px solid var(--jw-edge);
  border-radius: 6px;
  background: var(--jw-soft);
  color: var(--jw-fg);
  font: 12px / 1.5 var(--jw-mono);
  resize: vertical;
}
@media (max-width: 560px) {
  .jw .jw-ways {
    grid-template-columns: minmax(0, 1fr);
    gap: 4px;
  }
  .jw .jw-ways > .jw-caption {
    margin-top: 6px;
  }
}
`;var es=3,Ga=/(?<=[0-9])[,'_’\u00a0\u202f\u2009٬](?=[0-9]{3}(?![0-9]))/g,Ka=/^[^\p{L}\p{N}_+.-]*([+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[^\p{L}\p{N}_]*$/u;function Qa(e){let t=e.replace(/−/g,"-").replace(/٫/g,".").trim().replace(Ga,""),n=Ka.exec(t);return n?Number(n[1]):null}function zn(e){let t=e.groups.number,n=[];for(let r=0;r<t.length;r++){let o=t[r],s=Ce(t,r,e.ids.length),i=e.pieces.slice(o,s).join(""),l=Qa(i);l!==null&&n.push({group:r,start:o,stop:s,value:l,text:i.trim()})}return n}function ts(e,t=zn(e)){let n=[],r=0,o=!0;for(let l of t){for(;r<l.start;r++)o||=/[\n\r]/.test(e.pieces[r]);o&&n.push([]),o=!1,n.at(-1)?.push(l)}let s=n.filter(l=>l.length>=es);return(s.length>0?s:t.length>=es?[[...t]]:[]).map((l,a)=>{let u=l.slice(0,3).map(d=>d.text).join(", ");return{name:`${a+1}: ${u}${l.length>3?" …":""}`,points:l}})}function ns(e,t){return t===null?null:e.find(n=>n.stop>t)??null}function rs(e){if(typeof e!="object"||e===null)return null;let t=e;if(typeof t.error=="string")return{error:t.error};if(typeof t.text!="string")return null;let n=i=>{let l=t[i];return Array.isArray(l)&&l.every(u=>Number.isFinite(u))?l:null},r=i=>Number.isFinite(t[i])?t[i]:null,o=n("values"),s=n("p");return!o||!s||o.length!==s.length?{error:"The prediction does not add up."}:{text:t.text,at:r("at"),actual:r("actual"),values:o,p:s,found:s.reduce((i,l)=>i+l,0),unexplored:r("unexplored")??0,other:r("other")??0,computing:t.state==="computing",more:t.more===!0}}function ze({values:e,p:t,found:n},r){let o=0;for(let s=0;s<e.length;s++)if(o+=t[s],o>=r*n*(1-1e-12))return e[s];return e.at(-1)??null}function os({values:e,p:t,found:n},r){let o=0;for(let s=0;s<e.length;s++){let i=e[s];i<r?o+=t[s]:i===r&&(o+=t[s]/2)}return n>0?o/n:0}function ss({values:e,p:t},n){let r=e.indexOf(n);return r<0?0:t[r]}function is(e){if(!(e>0)||!Number.isFinite(e))return 1;let t=10**Math.floor(Math.log10(e));return([1,2,5,10].find(r=>r*t>=e*(1-1e-9))??10)*t}function qn(e,t,n){let r=is((t-e)/Math.max(1,n)),o=[];for(let s=Math.ceil(e/r-1e-9);s*r<=t+1e-9*r;s++)o.push(Number((s*r).toPrecision(12)));return o}function as(e,t){let n=Number.POSITIVE_INFINITY,r=Number.NEGATIVE_INFINITY;for(let{value:u}of e)n=Math.min(n,u),r=Math.max(r,u);let o=r>n?(r-n)/2:Math.max(1,Math.abs(r)/2),s=t&&t.found>0?ze(t,.02)??n:n,i=t&&t.found>0?ze(t,.98)??r:r,l={low:Math.max(n-o,Math.min(n,s)),high:Math.min(r+o,Math.max(r,i))},a=(l.high-l.low||o)*.04;return{low:l.low-a,high:l.high+a}}function Un(e,t,n){let r=e.values.filter(d=>d>=t.low&&d<=t.high),o=Number.POSITIVE_INFINITY;for(let d=1;d<r.length;d++)o=Math.min(o,r[d]-r[d-1]);let s=(t.high-t.low)/Math.max(1,n),i=is(Number.isFinite(o)?Math.max(s,o):s),l=new Map,a=0;for(let[d,c]of e.values.entries()){let f=e.p[d];if(c<t.low||c>t.high){a+=f;continue}let g=Math.floor(c/i+.5);l.set(g,(l.get(g)??0)+f)}let u=[...l].sort(([d],[c])=>d-c).map(([d,c])=>({low:Number(((d-.5)*i).toPrecision(12)),p:c}));return{step:i,bins:u,outside:a,most:u.reduce((d,{p:c})=>Math.max(d,c),0)}}var ls={wide:132,narrow:78},Za=520;function cs(e,t,n){let r=Math.min(e/4,12+7*t),o=n?e<Za?ls.narrow:ls.wide:10;return{width:e,left:r,right:e-o,top:10,bottom:210,barTop:236,barBottom:300}}var bt=324;function us(e,t,n){let r=(e.right-e.left)/(t.to-t.from+1);return{x:o=>e.left+(o-t.from+.5)*r,y:o=>e.bottom-(o-n.low)/(n.high-n.low)*(e.bottom-e.top),index:o=>Math.round((o-e.left)/r+t.from-.5),step:r}}var he=e=>String(Math.round(e*100)/100);function ps(e,t,n,r,o,s,i,l){let a=Math.max(0,Math.floor(r.from)-1),u=Math.min(e.length-1,Math.ceil(r.to)+1),d={before:"",after:"",dots:"",late:"",rising:"",falling:""},c=l?(n.barTop+n.barBottom)/2:n.barBottom,f=c-n.barTop,g=Math.max(.4,Math.min(7,o.step*.36)),b=Math.min(2.6,o.step*.28);for(let m=a;m<=u;m++){let v=o.x(m),h=o.y(e[m].value),x=`${he(v)} ${he(h)}`;m<=s&&(d.before+=`${d.before===""?"M":"L"}${x}`),m>=s&&(d.after+=`${d.after===""?"M":"L"}${x}`),b>=1.2&&(d[m<=s?"dots":"late"]+=`M${he(v-b)} ${he(h)}a${he(b)} ${he(b)} 0 1 0 ${he(2*b)} 0a${he(b)} ${he(b)} 0 1 0 ${he(-2*b)} 0`);let $=t[m]??0;if($===0||!(i>0)||m<r.from-.5||m>r.to+.5)continue;let M=Math.max(.75,Math.abs($)/i*f)*Math.sign($),S=`M${he(v-g)} ${he(c)}v${he(-M)}h${he(2*g)}v${he(M)}z`;$>0?d.rising+=S:d.falling+=S}return d}function ds({bins:e,step:t,most:n},r,o,s,i){let l="";for(let{low:a,p:u}of e){let d=Math.max(r.top,o.y(a+t)),c=Math.min(r.bottom,o.y(a)),f=Math.min(1,(c-d)/4),g=n>0?Math.max(.5,u/n*(i-s)):0;l+=`M${he(s)} ${he(d+f/2)}h${he(g)}v${he(Math.max(.5,c-d-f))}h${he(-g)}z`}return l}function It(e,t,n,r,o=4){let s=e.to-e.from+1,i=Math.min(r,Math.max(Math.min(o,r),s/t)),l=(n-e.from+.5)/s,a=n+.5-l*i,u=Math.min(Math.max(0,a),r-i);return{from:u,to:u+i-1}}function ms(e,t,n,r=4){let o=Math.max(0,Math.min(e,t)),s=Math.min(n-1,Math.max(e,t)),i={from:o,to:s};return s-o+1>=r?i:It(i,1,(o+s)/2,n,r)}var Ja="http://www.w3.org/2000/svg",Xa=500,Ya=4,el=.0022,tl=16,fs=2,hs=48,bs=12;function Pe(e,t,...n){let r=document.createElementNS(Ja,e);for(let[o,s]of Object.entries(t))V(r,o,s);return r.append(...n),r}var De=e=>Pe("path",{class:`jw-series-${e}`});function gs({keys:e,signal:t,uid:n},r){let o={after:De("after"),before:De("line"),dots:De("dots"),late:De("dots is-late"),rising:De("bars"),falling:De("bars is-negative")},s=Object.entries(o),i=Pe("g",{class:"jw-series-axes"}),l=De("side"),a=De("median"),u=De("actual"),d=Pe("circle",{class:"jw-series-ring",r:6}),c=De("slot"),f=De("cursor"),g=Pe("circle",{class:"jw-series-spot",r:4}),b=Pe("rect",{class:"jw-series-brush"}),m=Pe("g",{},i,c,f),v=Pe("clipPath",{id:`${n}-series-clip`},Pe("rect",{})),h=Pe("g",{"clip-path":`url(#${n}-series-clip)`},o.rising,o.falling,o.after,o.before,o.late,o.dots),x=Pe("svg",{"aria-hidden":"true"},v,m,h,l,a,u,d,g,b),$=p("canvas",{"aria-hidden":"true",hidden:!0}),M=p("div",{class:"jw-series-figure",tabindex:0,role:"application","aria-roledescription":"series","aria-label":"Series","aria-describedby":`${n}-series-summary`},$,x),S=null,w={from:0,to:0},T=!0,y=0,j=null,P=null,k=null,A=0,L=()=>S?S.points.length+(S.explained===S.points.length?1:0):0;function U(){A||=requestAnimationFrame(()=>{A=0,Z()})}function Z(){if(!S||y<=0||t.aborted)return;let{points:E,next:X,scores:ce,cut:se,max:ie,signed:B,explained:D}=S,z=as(E,X),J=qn(z.low,z.high,5),O=Math.max(3,...J.map(te=>C(te).length),ue(ie,ie).length);j=cs(y,O,X!==null&&X.found>0),P=us(j,w,z),V(x,"viewBox",`0 0 ${y} ${bt}`),V(x,"width",y),V(x,"height",bt);let R=v.firstElementChild;for(let[te,ae]of Object.entries({x:j.left,y:0,width:Math.max(0,j.right-j.left),height:bt}))V(R,te,ae);H(j,P,z,J);let K=ps(E,ce,j,w,P,D??se,ie,B),ee=E.length>Xa;for(let[te,ae]of s)V(ae,"d",ee?null:K[te]);q($,ee),ee&&N(K,j),F(j,P,z),Y()}function N(E,X){let ce=Math.max(1,devicePixelRatio||1);$.width=Math.round(y*ce),$.height=Math.round(bt*ce);let se=$.getContext("2d");if(se){se.setTransform(ce,0,0,ce,0,0),se.beginPath(),se.rect(X.left,0,X.right-X.left,bt),se.clip(),se.lineJoin="round";for(let[ie,B]of s){let{fill:D,stroke:z,strokeWidth:J}=getComputedStyle(B),O=new Path2D(E[ie]);D!=="none"&&(se.fillStyle=D,se.fill(O)),z!=="none"&&(se.strokeStyle=z,se.lineWidth=Number.parseFloat(J)||1,se.stroke(O))}}}function C(E){return Math.abs(E)>=1e6||E!==0&&Math.abs(E)<.001?E.toExponential(0).replace("-","−"):String(Number(E.toPrecision(6))).replace("-","−")}function H(E,X,ce,se){if(!S)return;let ie=[],B=(R,K,ee,te,ae="jw-series-tick")=>ie.push(Pe("text",{x:R,y:K,"text-anchor":ee,class:ae},te)),D="";for(let R of se){let K=Math.round(X.y(R))+.5;D+=`M${E.left} ${K}H${E.right}`,B(E.left-6,K+3.5,"end",C(R))}let z=S.signed?Math.round((E.barTop+E.barBottom)/2)+.5:E.barBottom+.5;ie.unshift(Pe("path",{class:"jw-series-grid",d:D})),ie.push(Pe("path",{class:"jw-series-base",d:`M${E.left} ${z}H${E.right}`})),S.max>0&&B(E.left-6,E.barTop+7,"end",ue(S.max,S.max)),B(E.left-6,z+3.5,"end","0"),B(E.left,E.barTop-8,"start",`Influence, ${S.unit}`,"jw-series-title");let J=Math.max(2,Math.min(12,Math.floor((E.right-E.left)/56)));for(let R of qn(Math.max(1,w.from+1),Math.max(2,w.to+1),J))Number.isInteger(R)&&B(X.x(R-1),E.barBottom+17,"middle",R.toLocaleString("en"));let O=S.next;if(O&&O.found>0){let{outside:R}=Un(O,ce,hs),K=ze(O,.5),ee=["Predicted",K===null?"":`median ${C(K)}`,R>=.005?`${me(R)} off the axis`:""].filter(te=>te!=="");for(let[te,ae]of ee.entries())B(E.right+bs,E.bottom+16+14*te,"start",ae,"jw-series-title")}i.replaceChildren(...ie)}function F(E,X,ce){let{points:se,explained:ie,next:B}=S,D=ie===null?void 0:se[ie],z=ie!==null&&ie>=w.from-.5&&ie<=w.to+.5,J=ie===null?0:X.x(ie);V(d,"visibility",D&&z?"visible":"hidden"),D&&(V(d,"cx",J),V(d,"cy",X.y(D.value))),V(c,"d",ie!==null&&!D&&z?`M${J} ${E.top}V${E.bottom}`:"");let O=E.right+bs,R=E.width-4,K=B!==null&&B.found>0,ee=K?Un(B,ce,hs):null;V(l,"d",ee?ds(ee,E,X,O,R):"");let te=K?ze(B,.5):null,ae=we=>we>=ce.low&&we<=ce.high;V(a,"d",te!==null&&ae(te)?`M${O-6} ${X.y(te)}H${R}`:"");let le=D?X.y(D.value):0;V(u,"d",K&&D&&ae(D.value)?`M${z?J+8:E.left} ${le}H${R}`:"")}function Y(){let E=k===null?void 0:S?.points[k],X=j&&P&&k!==null&&k>=w.from-.5&&k<=w.to+.5;V(g,"visibility",E&&X?"visible":"hidden"),V(f,"d",X&&j&&P?`M${P.x(k)} ${j.top}V${j.barBottom}`:""),E&&X&&P&&(V(g,"cx",P.x(k)),V(g,"cy",P.y(E.value)))}function ne(E){w=E,T=E.from<=0&&E.to>=L()-1,M.classList.toggle("is-zoomed",!T),r.zoomed(),U()}let I={el:M,draw(E){let X=E.points!==S?.points||E.explained!==S?.explained,ce=L();S=E,X&&(T||L()!==ce||w.to===0)&&ne({from:0,to:Math.max(0,L()-1)}),U()},point(E){E!==k&&(k=E,Y())},zoom(E){let X=k??(w.from+w.to)/2;ne(It(w,E,X,L()))},whole:()=>ne({from:0,to:Math.max(0,L()-1)}),get zoomed(){return!T}};function _(E,X){let ce=L(),se=E===null||ce===0?null:Math.max(0,Math.min(ce-1,E));I.point(se),r.pointed(se,X)}let W=new Map,G=0,oe=!1,re=E=>E.clientX-M.getBoundingClientRect().left,de=E=>j!==null&&E>=j.left-4&&E<=j.right+4,ge=E=>P?(E-j.left)/P.step+w.from-.5:0;M.addEventListener("pointerdown",E=>{E.button!==0||!de(re(E))||(G=re(E),W.set(E.pointerId,G),oe=!1)},{signal:t}),M.addEventListener("pointermove",E=>{let X=re(E);if(W.get(E.pointerId)===void 0){W.size===0&&_(de(X)&&P?P.index(X):null,!1);return}if(W.size>1){let[ie=0,B=0]=[...W.values()];W.set(E.pointerId,X);let[D=0,z=0]=[...W.values()],J=Math.abs(ie-B);J>0&&ne(It(w,Math.abs(D-z)/J,ge((D+z)/2),L())),V(b,"visibility","hidden"),oe=!1;return}if(!oe&&Math.abs(X-G)<Ya||(oe||M.setPointerCapture(E.pointerId),oe=!0,!j))return;let se=Math.min(j.right,Math.max(j.left,X));V(b,"x",Math.min(G,se)),V(b,"width",Math.abs(se-G)),V(b,"y",j.top),V(b,"height",j.barBottom-j.top),V(b,"visibility","visible")},{signal:t});let je=E=>{let X=W.size===1;W.delete(E.pointerId)&&(V(b,"visibility","hidden"),!(E.type!=="pointerup"||!X)&&(oe?ne(ms(Math.round(ge(G)),Math.round(ge(re(E))),L())):P&&(_(P.index(G),!1),k!==null&&r.open(k)),oe=!1))};M.addEventListener("pointerup",je,{signal:t}),M.addEventListener("pointercancel",je,{signal:t}),M.addEventListener("pointerleave",()=>{W.size===0&&_(null,!1)},{signal:t}),M.addEventListener("dblclick",()=>I.whole(),{signal:t}),M.addEventListener("wheel",E=>{if(!E.ctrlKey&&!E.metaKey)return;E.preventDefault();let X=Math.exp(-E.deltaY*el*(E.deltaMode===0?1:tl));ne(It(w,X,ge(re(E)),L()))},{signal:t,passive:!1}),M.addEventListener("blur",()=>_(null,!1),{signal:t});function ke(E){if(_(E,!0),k===null)return;let X=w.to-w.from;k<w.from?ne({from:k,to:k+X}):k>w.to&&ne({from:k-X,to:k})}return e.on(M,E=>{if(!Ve(E)||!S)return!1;let X=k??S.explained??S.points.length-1;switch(E.key){case"ArrowLeft":return ke(k===null?X:X-1),!0;case"ArrowRight":return ke(k===null?X:X+1),!0;case"Home":return ke(0),!0;case"End":return ke(L()-1),!0;case"Enter":case" ":return k!==null&&r.open(k),!0;case"+":case"=":return I.zoom(fs),!0;case"-":return I.zoom(1/fs),!0;case"0":return I.whole(),!0;case"Escape":return T?!1:(I.whole(),!0);default:return!1}}),new ResizeObserver(([E])=>{y=Math.floor(E?.contentRect.width??0),U()}).observe(M),x.addEventListener("transitionend",()=>U(),{signal:t}),t.addEventListener("abort",()=>cancelAnimationFrame(A)),I}var nl="−";function pn(e){return String(Number(e.toPrecision(9))).replace("-",nl)}function ws(e,t,n,r){let o=t[e];if(!o)return`${Ae(e+1)} value: what comes next`;let s=`${Ae(e+1)} value: ${o.text}`;return r?`${s}, explained here`:!n||n.rank===0?`${s}, no influence: it comes after the explained number`:`${s}, influence ${n.score} (${Ae(n.rank)} of ${n.scored.toLocaleString("en")}), ${n.share} of the influence`}function xs(e){let t=ze(e,.5),n=ze(e,.25),r=ze(e,.75);if(t===null||n===null||r===null||e.found===0)return"";let o=n===r?"":`, half of it from ${pn(n)} to ${pn(r)}`,s=`The model expects ${pn(t)} (median${o}).`;if(e.actual===null)return s;let i=ss(e,e.actual),l=me(os(e,e.actual)),a=i>0?`it had ${Je(i)}`:"it is not among the values found";return`${s} The text says ${pn(e.actual)}: ${a}, and ${l} of the prediction lies below it.`}function ys(e){let t=[`${pe(e.values.length,"value")} found with ${Je(e.found)} of the probability`];return e.unexplored>=5e-4&&t.push(`${Je(e.unexplored)} not followed to the end of a number`),e.other>=5e-4&&t.push(`${Je(e.other)} is no number`),`${t.join(", ")}.`}var Vn=1e3,js=({basis:e,wish:t})=>e?e.position:t.position;function rl({start:e,stop:t},n){return n===null||t-e<2||n<e?"":`, by its ${Ae(n-e+1)} of ${t-e} tokens`}function ks(e){let{wishes:t,wish:n,get:r,dispatch:o,signal:s,uid:i}=e,l=tr(),a=p("select",{class:"jw-chip","aria-label":"Series"}),u=p("label",{class:"jw-row"},"Series",a),d=(B,D,z)=>{let J=p("button",{type:"button",class:"jw-tool","aria-label":D,title:D},B);return J.addEventListener("click",z,{signal:s}),J},c=gs(e,{pointed:(B,D)=>G(B,D),open:B=>re(B),zoomed:()=>{g.disabled=!c.zoomed,b.disabled=!c.zoomed}}),f=d("+","Zoom in",()=>c.zoom(2)),g=d("−","Zoom out",()=>c.zoom(.5)),b=d("All","Show the whole series",()=>c.whole()),m=p("div",{class:"jw-row jw-series-head"},u,p("div",{class:"jw-series-zoom"},f,g,b)),v=p("p",{class:"jw-series-readout jw-number"}),h=p("p",{class:"jw-series-summary",id:`${i}-series-summary`}),x=p("span",{class:"jw-quiet"}),$=p("button",{type:"button",class:"jw-link"},"Look further"),M=p("div",{class:"jw-live",role:"status"}),S=p("tbody"),w=p("p",{class:"jw-quiet",hidden:!0}),T=p("th",{scope:"col"},"Influence"),y=p("details",{class:"jw-series-table"},p("summary",{},"The same as a table"),p("div",{class:"jw-series-scroll",tabindex:0,role:"region","aria-label":"Values and their influence"},p("table",{},p("thead",{},p("tr",{},...["","Value"].map(B=>p("th",{scope:"col"},B)),T,p("th",{scope:"col"},"Rank"))),S)),w),j=p("button",{type:"button",class:"jw-link"},"Load one of the examples"),P=p("p",{class:"jw-quiet",hidden:!0},"No series here: this view takes three or more numbers, as in 412,398,377. ",j),k=p("div",{},h,p("p",{class:"jw-series-coverage"},x," ",$)),A=p("div",{class:"jw-series"},P,m,c.el,v,k,y,M),L=null,U=[],Z=[],N=null,C=null,H=null,F=[],Y=null,ne,I=null,_="",W=null;a.addEventListener("change",()=>{N=Number(a.value),se(e.scene())},{signal:s}),$.addEventListener("click",()=>n({panel_run:!0}),{signal:s}),j.addEventListener("click",()=>t.panel("examples"),{signal:s}),y.addEventListener("toggle",()=>E(),{signal:s});function G(B,D){Y=B;let z=B===null?void 0:C?.points[B],{starts:J}=e.scene();o({type:"hover",group:z?Ie(J,z.start):null}),oe(B),D&&B!==null&&Q(M,v.textContent??"")}function oe(B){if(!C||!H)return;let z=e.scene().state==="no-kernel"?"Dragging":"A click explains the first token of a number; dragging";Q(v,B===null?`Point at a value, or walk with the arrow keys. ${z} zooms in.`:ws(B,C.points,F[B]??null,B===H.explained)),v.classList.toggle("jw-quiet",B===null)}function re(B){let D=C?.points[B];if(!D){t.explain(null);return}L&&Ht(L,L.groups.token,Ie(L.groups.token,D.start))&&t.explain(D.start)}function de(B){let D=r("series");D!==ne&&(ne=D,I=rs(D)),B.tokens!==L&&(L=B.tokens,U=L?zn(L):[],Z=L?ts(L,U):[],N=null,a.replaceChildren(...Z.map(({name:z},J)=>p("option",{value:J},z))))}function ge(B){let D=N??(B?Z.findIndex(z=>z.points.includes(B)):-1);return Z[D]??Z.at(-1)??null}function je(B,D){let{basis:z,question:J,wish:O}=B,R=z&&J&&L?l.picture(z,L,"number",J,O.hide):null;if(F=D.points.map(()=>null),!R||!z||!J||B.degenerate)return{scores:D.points.map(()=>0),cut:D.points.length,max:0,signed:!1,unit:J?Re(J):""};let K=D.points.findIndex(ve=>ve.start>=z.end),ee=K<0?D.points.length:K,te=D.points.map(({group:ve},Se)=>Se<ee?R.scores[ve]:0),ae=te.slice(0,ee).map((ve,Se)=>Se);ae.sort((ve,Se)=>Math.abs(te[Se])-Math.abs(te[ve])||ve-Se);let le=Re(J);for(let[ve,Se]of ae.entries()){let{group:Ot}=D.points[Se];F[Se]={score:`${Be(R,Ot)} ${le}`,rank:ve+1,scored:ee,share:me(R.shares[Ot])}}let we=ae.length>0?Math.abs(te[ae[0]]):0;return{scores:te,cut:ee,max:we,signed:R.signed,unit:le}}function ke(B){return!I||"error"in I||!L?null:I.text===L.text&&I.at===(B?.start??null)?I:null}function E(){if(!y.open||!C||!H)return;let{explained:B}=H,D=C.points.slice(0,Vn);S.replaceChildren(...D.map((z,J)=>{let O=F[J],R=p("tr",{},p("th",{scope:"row"},(J+1).toLocaleString("en")),p("td",{},z.text),p("td",{},O?O.score.split(" ")[0]:J===B?"explained":""),p("td",{},O?Ae(O.rank):""));return R.classList.toggle("is-explained",J===B),R})),Q(T,H.unit?`Influence, ${H.unit}`:"Influence"),q(w,C.points.length>Vn),Q(w,`The first ${Vn.toLocaleString("en")} of ${pe(C.points.length,"value")}.`)}function X(B,D,z){let{points:J}=D,O=H?.explained??null,R=O===null?"":O<J.length?`Explained here: the ${Ae(O+1)} value${rl(J[O],js(B))}.`:"The prediction explained is the next value.",K=F.findIndex(ae=>ae?.rank===1),ee=K<0?"":`The ${Ae(K+1)} value, ${J[K]?.text}, moved it most: ${F[K]?.score}.`,te=[`${pe(J.length,"value")}.`,R,ee,z?xs(z):""];Q(h,te.filter(ae=>ae!=="").join(" ")),h.classList.toggle("is-stale",!B.fresh)}function ce(B,D){let z=I&&"error"in I?I.error:"",J="";if(z)J=`The next values could not be predicted: ${z}`;else if(D)J=ys(D)+(D.computing?" Looking further …":"");else if(H?.explained!==null&&C){let O=H?.explained===C.points.length?"the next value":"this value";B.status.state==="saved"?J=`The distribution of ${O} was not saved.`:B.state==="no-kernel"?J=`The distribution of ${O} needs a running kernel.`:J="Asking the model for its next values …"}Q(x,J),q($,!z&&D?.more===!0&&!D.computing&&B.state!=="no-kernel"&&r("panel_run")!==!0)}function se(B){let D=at(B);de(D);let z=ns(U,js(D));C=ge(z);let J=C!==null&&L!==null;q(P,!J&&L!==null);for(let we of[m,c.el,v,k,y])q(we,J);if(!C||!L)return;q(u,Z.length>1);let O=Z.indexOf(C);a.value!==String(O)&&(a.value=String(O));let R=ke(z),K=z?C.points.indexOf(z):O===Z.length-1?C.points.length:-1,ee=K<0?null:R,te=JSON.stringify([D.question,D.wish.hide,D.basis?.position,D.basis?.complete,K,D.degenerate]);(te!==_||H?.points!==C.points||H?.next!==ee||H===null||D.basis!==W)&&(_=te,W=D.basis,H={points:C.points,...je(D,C),explained:K<0?null:K,next:ee},c.draw(H),V(c.el,"aria-label",`Series of ${pe(C.points.length,"value")}`),E()),c.el.classList.toggle("is-stale",!D.fresh),X(D,C,ee),ce(D,R);let le=D.pointed===null||Y!==null?Y:ie(D.pointed,D);c.point(le),oe(le)}function ie(B,{starts:D}){let z=D[B];if(z===void 0||!C||!L)return null;let J=D[B+1]??L.ids.length,O=C.points.findIndex(R=>R.start<J&&R.stop>z);return O<0?null:O}return{el:A,update:se}}var vs=`.jw .jw-series-head {
  justify-content: space-between;
  min-height: 28px;
}
.jw .jw-series-zoom {
  display: flex;
  gap: 2px;
  margin-inline-start: auto;
}
.jw .jw-series-zoom .jw-tool {
  border: 1px solid var(--jw-line);
}
.jw .jw-series-zoom .jw-tool:disabled {
  background: none;
  color: var(--jw-edge);
}
.jw .jw-series select {
  max-width: min(24em, 60vw);
  background: var(--jw-bg);
}
.jw .jw-series-figure {
  position: relative;
  height: 324px;
  margin-top: 4px;
  cursor: crosshair;
  touch-action: pan-y;
  user-select: none;
}
.jw .jw-series-figure svg,
.jw .jw-series-figure canvas {
  position: absolute;
  top: 0;
  inset-inline-start: 0;
  width: 100%;
  height: 100%;
  overflow: visible;
}
.jw .jw-series-figure svg {
  fill: none;
}
.jw .jw-series-tick,
.jw .jw-series-title {
  fill: var(--jw-mute);
  font: 11px var(--jw-ui);
  font-variant-numeric: tabular-nums;
}
.jw .jw-series-grid {
  stroke: var(--jw-line);
}
.jw .jw-series-base {
  stroke: var(--jw-edge);
}
.jw .jw-series-line {
  stroke: var(--jw-fg);
  stroke-width: 1.5px;
  stroke-linejoin: round;
  transition: stroke 1ms;
}
.jw .jw-series-after {
  stroke: var(--jw-edge);
  stroke-width: 1.2px;
  stroke-dasharray: 3 3;
}
.jw .jw-series-dots {
  fill: var(--jw-fg);
  stroke: none;
}
.jw .jw-series-dots.is-late {
  fill: var(--jw-edge);
}
.jw .jw-series-bars {
  fill: var(--jw-ink);
  stroke: none;
}
.jw .jw-series-bars.is-negative {
  fill: var(--jw-negative, var(--jw-edge));
}
.jw .is-stale .jw-series-bars {
  fill: var(--jw-edge);
}
.jw .jw-series-side {
  fill: color-mix(in srgb, var(--jw-fg) 38%, var(--jw-bg));
  stroke: none;
}
.jw .jw-series-median {
  stroke: var(--jw-fg);
  stroke-width: 2px;
}
.jw .jw-series-actual {
  stroke: var(--jw-accent);
  stroke-width: 1.5px;
  stroke-dasharray: 2 3;
}
.jw .jw-series-ring {
  stroke: var(--jw-accent);
  stroke-width: 2px;
}
.jw .jw-series-slot {
  stroke: var(--jw-accent);
  stroke-width: 2px;
  stroke-dasharray: 4 4;
}
.jw .jw-series-cursor {
  stroke: var(--jw-mute);
}
.jw .jw-series-spot {
  fill: var(--jw-bg);
  stroke: var(--jw-fg);
  stroke-width: 2px;
}
.jw .jw-series-brush {
  fill: color-mix(in srgb, var(--jw-fg) 12%, transparent);
  stroke: var(--jw-edge);
}
.jw .jw-series p {
  max-width: 84ch;
  margin-top: 6px;
}
.jw .jw-series-readout {
  min-height: 1.45em;
}
.jw .jw-series-summary.is-stale {
  color: var(--jw-mute);
}
.jw .jw-series-table {
  margin-top: 8px;
}
.jw .jw-series-table summary {
  width: max-content;
  min-height: 24px;
  cursor: pointer;
}
.jw .jw-series-scroll {
  max-height: 20em;
  overflow: auto;
}
.jw .jw-series-table table {
  border-collapse: collapse;
  font-variant-numeric: tabular-nums;
}
.jw .jw-series-table th,
.jw .jw-series-table td {
  padding: 1px 14px 1px 0;
  border-bottom: 1px dotted var(--jw-line);
  font-weight: 400;
  text-align: end;
}
.jw .jw-series-table thead th {
  position: sticky;
  top: 0;
  background: var(--jw-bg);
  color: var(--jw-mute);
  font-size: 12px;
}
.jw .jw-series-table tbody th {
  color: var(--jw-mute);
}
.jw .jw-series-table .is-explained td {
  color: var(--jw-accent);
}
@media (forced-colors: active) {
  .jw .jw-series-figure svg {
    forced-color-adjust: none;
  }
  .jw .jw-series-line,
  .jw .jw-series-median,
  .jw .jw-series-base,
  .jw .jw-series-spot {
    stroke: CanvasText;
  }
  .jw .jw-series-dots,
  .jw .jw-series-tick,
  .jw .jw-series-title {
    fill: CanvasText;
  }
  .jw .jw-series-side {
    fill: GrayText;
  }
  .jw .jw-series-bars {
    fill: Highlight;
  }
  .jw .jw-series-ring,
  .jw .jw-series-actual,
  .jw .jw-series-slot {
    stroke: Highlight;
  }
}
`;var gd={compare:Er,map:xo,series:ks,examples:Pr,help:Dr,save:Xo},wd=[Ar,yo,vs,Cr,Hr,Yo].join(`
`);export{wd as css,gd as panels};
